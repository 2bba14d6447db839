"""The loops in which a client's messages are received."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes
from holdfast.check.facts.blocking import roots
from holdfast.check.facts.routes import is_websocket_endpoint
from holdfast.check.facts.sockets import is_peer, is_spawned, operation, uses

READS = {"iterate", "raw_receive", "receive"}


def receiving_loops(module: Module) -> list[tuple[Loop, FunctionNode]]:
    """Give the innermost loops that receive, by themselves or by a helper, with their functions."""
    if "receiving" not in module.notes:
        module.notes["receiving"] = list(dict.fromkeys(found_loops(module)))
    found: list[tuple[Loop, FunctionNode]] = module.notes["receiving"]
    return found


def found_loops(module: Module) -> Iterator[tuple[Loop, FunctionNode]]:
    """Look at what receives, and at the loops of the functions that serve WebSockets."""
    for call in module.every(ast.Call):
        if operation(call, module) in READS and not is_peer(receiver(call), module):
            loop, function = module.loop_of(call), module.function_of(call)
            if loop is not None and function is not None and not is_spawned(call, module):
                yield loop, function
    for function in roots(module):
        for node in own_nodes(function):
            if isinstance(node, ast.While | ast.For):
                if receives_by_helper(node, function, module):
                    yield node, function


def receives_by_helper(loop: Loop, function: FunctionNode, module: Module) -> bool:
    """Tell whether a function that a loop awaits receives one message."""
    inside = set(own_nodes(loop))
    return any(
        one.operation in READS
        and one.call in inside
        and one.call is not one.inner
        and not one.concurrent
        and not one.peer
        and one.module.loop_of(one.inner) is None
        for one in uses(function, module)
    )


def outermost(loop: Loop, module: Module) -> Loop:
    """Give the outermost loop around a loop, within its function."""
    while around := module.loop_of(loop):
        loop = around
    return loop


def callbacks(module: Module) -> Iterator[tuple[FunctionNode, ast.ClassDef]]:
    """Give the `on_receive` of Starlette's classes, which is called for each message."""
    for owner in module.every(ast.ClassDef):
        if owner.bases and is_websocket_endpoint(owner, module):
            for one in owner.body:
                if isinstance(one, FunctionNode) and one.name == "on_receive":
                    yield one, owner
