"""Closes of an endpoint's own connection that go by its key: `await manager.disconnect(user)`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple

from holdfast.check.code.calls import arguments, callee, receiver
from holdfast.check.code.kinds import Container, Function, inference
from holdfast.check.code.module import FunctionNode, own_nodes
from holdfast.check.code.spelling import is_name
from holdfast.check.facts.routes import Endpoint
from holdfast.check.facts.sockets import given, is_socket, operation, uses

LOOKS_UP = {"get", "pop"}


class KeptClose(NamedTuple):
    """A call in an endpoint, and the close that it leads to, in a helper of a file."""

    call: ast.Call
    inner: ast.Call
    helper: Function


def closes_by_key(endpoint: Endpoint) -> Iterator[KeptClose]:
    """Find the calls that close what is kept under a key under which the own connection is."""
    module = endpoint.module
    keys = own_keys(endpoint)
    for call in own_nodes(endpoint.function) if keys else ():
        if not (isinstance(call, ast.Call) and isinstance(module.parents[call], ast.Await)):
            continue
        helper = None if operation(call, module) else callee(call, module)
        if helper is None or any(is_socket(one, module) for one in given(call)):
            continue
        pairs = arguments(call, helper)
        for inner, name in looked_up(helper):
            value = pairs.get(name)
            if isinstance(value, ast.Name) and value.id in keys:
                yield KeptClose(call, inner, helper)


def own_keys(endpoint: Endpoint) -> set[str]:
    """Name what an endpoint gives together with its connection, or keeps it under."""
    found: set[str] = set()
    for node in own_nodes(endpoint.function):
        if isinstance(node, ast.Call) and callee(node, endpoint.module):
            names = {one.id for one in given(node) if isinstance(one, ast.Name)}
            found |= names - {endpoint.socket} if endpoint.socket in names else set()
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            key = node.targets[0].slice
            if isinstance(key, ast.Name) and is_name(node.value, endpoint.socket):
                found.add(key.id)
    return found


def looked_up(helper: Function) -> list[tuple[ast.Call, str]]:
    """Give the closes in a function of what is kept under a parameter, and name that."""
    kept: dict[FunctionNode, list[tuple[ast.Call, str]]]
    kept = helper.module.notes.setdefault("closed by key", {})
    if helper.node not in kept:
        kept[helper.node] = [
            (one.inner, key)
            for one in uses(helper.node, helper.module)
            if one.peer and one.operation == "close" and one.function is helper.node
            if (key := key_of(receiver(one.inner), helper))
        ]
    return kept[helper.node]


def key_of(node: ast.expr, helper: Function) -> str:
    """Name the parameter under which something is kept: `self.sockets.pop(user)`."""
    infer = inference(helper.module)
    if isinstance(node, ast.Name):
        _, bindings = infer.scopes(helper.module).lookup(node)
        values = [one.source for one in bindings]
        if len(values) != 1 or not isinstance(values[0], ast.expr):
            return ""
        node = values[0]
    if isinstance(node, ast.Subscript):
        key, of = node.slice, node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr not in LOOKS_UP:
            return ""
        key, of = node.args[0], node.func.value
    else:
        return ""
    if not (isinstance(key, ast.Name) and isinstance(infer.kind(of, helper.module), Container)):
        return ""
    scope, bindings = infer.scopes(helper.module).lookup(key)
    is_own = scope is helper.node and [one.how for one in bindings] == ["parameter"]
    return key.id if is_own else ""


def closes_on_exit(endpoint: Endpoint) -> Iterator[KeptClose]:
    """Find the objects around a conversation that close when it is left, by `__aexit__`."""
    module = endpoint.module
    for block in own_nodes(endpoint.function):
        for item in block.items if isinstance(block, ast.AsyncWith) else ():
            made = item.context_expr
            if not (isinstance(made, ast.Call) and any(map(is_own(endpoint), given(made)))):
                continue
            kind = inference(module).kind(made, module)
            leave = inference(module).attribute(kind, "__aexit__") if kind else None
            if isinstance(leave, Function):
                for one in uses(leave.node, leave.module):
                    if one.operation == "close" and not one.peer and one.function is leave.node:
                        yield KeptClose(made, one.inner, leave)


def is_own(endpoint: Endpoint) -> Callable[[ast.AST], bool]:
    """Give what tells an endpoint's own connection."""
    return lambda node: is_name(node, endpoint.socket)


def talks_in(block: list[ast.stmt], endpoint: Endpoint) -> bool:
    """Tell whether a block of an endpoint sends or receives, itself or by what it calls."""
    wanted = {"send", "receive", "iterate", "raw_receive"}
    found = uses(endpoint.function, endpoint.module)
    return any(one.operation in wanted and endpoint.module.within(one.call, block) for one in found)
