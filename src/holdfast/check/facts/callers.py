"""What a file as a whole does: who calls a function, and which registries are changed where."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import arguments, callee
from holdfast.check.code.kinds import Instance, Kind, Made, Parts, Socket, files_around, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes
from holdfast.check.facts.registries import CHANGING, Change, Place, own_changes

FORGETS = re.compile(r"Weak|TTL|LRU|Expiring")
# What stands behind the name of such a collection, or of one of such collections.
WEAK, OLD = r".*[:=(].*\bWeak\w+", r".*=.*\b\w*(?:TTL|LRU|Expiring)\w*\("


class Caller(NamedTuple):
    """A call, the file that it stands in, and the function around it."""

    call: ast.Call
    module: Module
    function: FunctionNode | None


def calls_of(function: FunctionNode, module: Module) -> list[Caller]:
    """Find the calls of a function."""
    files = {module: None, **dict.fromkeys(files_around(module).near(module))}
    return [one for file in files for one in called(file).get(function, ())]


def values_given(
    parameter: str, function: FunctionNode, module: Module
) -> Iterator[tuple[ast.expr, Module]]:
    """Give what the calls in sight give for a parameter, each with its file."""
    for call, file, _ in calls_of(function, module):
        helper = callee(call, file)
        value = arguments(call, helper).get(parameter) if helper else None
        if value is not None:
            yield value, file


def called(module: Module) -> dict[ast.AST, list[Caller]]:
    """Give all calls of the project's functions in a file, under what they call."""
    if "called" not in module.notes:
        table: dict[ast.AST, list[Caller]] = defaultdict(list)
        for call in module.every(ast.Call):
            if found := callee(call, module):
                table[found.node].append(Caller(call, module, module.function_of(call)))
        module.notes["called"] = table
    known: dict[ast.AST, list[Caller]] = module.notes["called"]
    return known


def functions(module: Module) -> list[FunctionNode]:
    """Give all functions of a file, nested ones and methods too."""
    return [*module.every(ast.FunctionDef), *module.every(ast.AsyncFunctionDef)]


def all_changes(module: Module) -> list[Change]:
    """Give all changes of registries that a file makes, each once and where it stands."""
    if "all changes" not in module.notes:
        module.notes["all changes"] = [
            change
            for function in functions(module)
            for node in own_nodes(function)
            if type(node) in CHANGING
            for change in own_changes(node, function, module)
        ]
    found: list[Change] = module.notes["all changes"]
    return found


def forgets_by_itself(place: Place, module: Module) -> bool:
    """Tell whether a collection loses what nobody holds, or what is old, by itself."""
    name = re.escape(place.name.rpartition(".")[2])
    owners = [
        module,
        *(one for one in files_around(module).near(module) if one.tree is place.owner),
    ]
    made = re.compile(rf"\b{name}\b(?:{WEAK}|{OLD})")
    return any(made.search(line) for one in owners for line in forgetful(one))


def forgetful(module: Module) -> list[str]:
    """Give the lines of a file that may make such a collection."""
    if "forgetful" not in module.notes:
        found = module.lines if FORGETS.search(module.text) else []
        module.notes["forgetful"] = [line for line in found if FORGETS.search(line)]
    kept: list[str] = module.notes["forgetful"]
    return kept


def is_one_connection(kind: Kind | None) -> bool:
    """Tell whether something is one connection, or made around one, and no collection of them."""
    match kind:
        case Socket():
            return True
        case Made(name=name):
            return name in {"asyncio.Queue", "asyncio.queues.Queue"}
        case Parts(items=items):
            return any(isinstance(one, Socket) for one in items)
        case Instance(of=of):
            infer = inference(of.module)
            names = infer.classes.names(of)
            return any(isinstance(infer.attribute(kind, one), Socket) for one in names)
    return False
