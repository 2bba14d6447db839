"""Which calls raise when the client has left: receives, and helpers that do not catch it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee, receiver
from holdfast.check.code.kinds import Function
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes
from holdfast.check.facts.handling import DISCONNECT, is_caught
from holdfast.check.facts.sockets import is_peer, operation
from holdfast.check.facts.visits import surrounding

DEEPEST = 5
# A handler for one of these takes itself to be the one for the client's end.
FOREIGN = {
    "ConnectionClosed", "ConnectionClosedOK", "ConnectionClosedError", "RuntimeError",
    "ConnectionResetError", "ClientDisconnected", "WebSocketDisconnected",
}  # fmt: skip


def receiving(part: FunctionNode | Loop, module: Module) -> Iterator[ast.Call]:
    """Give the calls in a function or loop that raise WebSocketDisconnect at the client's end."""
    for node in own_nodes(part):
        if isinstance(node, ast.Call) and is_receiving(node, module):
            yield node


def is_receiving(call: ast.Call, module: Module, depth: int = 0) -> bool:
    """Tell whether a call receives, itself or in a helper that does not catch the end."""
    if surrounding(call, module) in {"task", "gathered"}:
        return False
    name = operation(call, module)
    if name:
        return name == "receive" and not is_peer(receiver(call), module)
    found = callee(call, module)
    return found is not None and found.is_async and lets_through(found, depth + 1)


def lets_through(found: Function, depth: int) -> bool:
    """Tell whether a helper raises what its own receives raise."""
    kept: dict[FunctionNode, bool] = found.module.notes.setdefault("lets through", {})
    if depth > DEEPEST or found.node.decorator_list or is_generator(found.node):
        return False
    if found.node not in kept:
        kept[found.node] = False  # who calls itself adds nothing
        kept[found.node] = any(
            isinstance(node, ast.Call)
            and is_receiving(node, found.module, depth)
            and not is_caught(node, DISCONNECT, found.module)
            for node in own_nodes(found.node)
        )
    return kept[found.node]


def is_generator(function: FunctionNode) -> bool:
    """Tell whether calling a function runs nothing of it yet."""
    return any(isinstance(one, ast.Yield | ast.YieldFrom) for one in own_nodes(function))
