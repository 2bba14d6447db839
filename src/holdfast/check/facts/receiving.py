"""The loops in which a client's messages are received."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee, receiver
from holdfast.check.code.kinds import Function
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes
from holdfast.check.facts.blocking import roots
from holdfast.check.facts.routes import is_websocket_endpoint
from holdfast.check.facts.sockets import is_peer, is_spawned, operation, uses

READS = {"iterate", "raw_receive", "receive"}
DEPTH = 3


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
                if receives_by_helper(node, function, module) or receives_by_object(node, module):
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


def receives_by_object(loop: Loop, module: Module) -> bool:
    """Tell whether a loop awaits a method that receives one message of its object's WebSocket."""
    for node in own_nodes(loop):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            helper = callee(node.value, module)
            if helper and receives_one(helper):
                return True
    return False


def receives_one(method: Function, depth: int = DEPTH) -> bool:
    """Tell whether a method receives, once, by itself or by another one of its object."""
    if method.owner is None or not method.is_async or not depth:
        return False
    kept: dict[ast.AST, bool] = method.module.notes.setdefault("receives one", {})
    if method.node not in kept:
        kept[method.node] = False  # one that calls itself
        module = method.module
        calls = (one.value for one in own_nodes(method.node) if isinstance(one, ast.Await))
        kept[method.node] = any(
            isinstance(call, ast.Call)
            and module.loop_of(call) is None
            and not is_spawned(call, module)
            and is_read(call, module, depth)
            for call in calls
        )
    return kept[method.node]


def is_read(call: ast.Call, module: Module, depth: int) -> bool:
    """Tell whether a call receives, or is of a method of the same object that does."""
    if operation(call, module) in READS:
        return not is_peer(receiver(call), module)
    helper = callee(call, module)
    return helper is not None and receives_one(helper, depth - 1)


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
