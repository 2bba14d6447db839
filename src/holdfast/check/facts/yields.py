"""Functions that yield once, to whoever serves a connection: context managers and dependencies."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.facts.registries import may_change
from holdfast.check.facts.sockets import Use

YIELDED = "yield"


def yielding(module: Module) -> list[FunctionNode]:
    """Give the functions of a file that yield in one place, and in no loop."""
    return [function for function, node in yields(module).items() if node is not None]


def while_yielded(function: FunctionNode, module: Module) -> Iterator[Use]:
    """Give what is done where a function yields, as one use: what is raised comes out there."""
    if node := yields(module).get(function):
        yield Use(YIELDED, node, ast.Call(node, [], []), module, function, concurrent=False)


def yields(module: Module) -> dict[FunctionNode, ast.Yield | None]:
    """Give each function that yields with the place where it does; None for several."""
    if "yields" not in module.notes:
        table: dict[FunctionNode, ast.Yield | None] = {}
        for node in module.every(ast.Yield) if may_change(module) else ():
            function = module.function_of(node)
            if function:
                is_only = function not in table and module.loop_of(node) is None
                table[function] = node if is_only else None
        module.notes["yields"] = table
    found: dict[FunctionNode, ast.Yield | None] = module.notes["yields"]
    return found
