"""Where a program closes a WebSocket, and with which code and reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import arguments, callee, receiver
from holdfast.check.code.kinds import Function, Library, inference
from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.code.spelling import called_name, last_name
from holdfast.check.facts.callers import called
from holdfast.check.facts.sockets import is_known_socket, operation

# What ends up as a close frame, and the positions of its code and reason.
CLOSERS = {"WebSocketException", "WebSocketClose"}
MESSAGE = "websocket.close"


class Closing(NamedTuple):
    """A call that closes, or an ASGI message; and the expressions of its code and reason."""

    node: ast.AST
    code: ast.expr | None
    reason: ast.expr | None


def closings(module: Module) -> list[Closing]:
    """Find `ws.close(...)`, `WebSocketException(...)` and `{"type": "websocket.close"}`."""
    if "closings" not in module.notes:
        module.notes["closings"] = list(found_closings(module))
    found: list[Closing] = module.notes["closings"]
    return found


def closings_by_call(module: Module) -> Iterator[Closing]:
    """Find the calls of functions that close, with the code or reason that they are given."""
    for callers in called(module).values():
        helper = callee(callers[0].call, module)
        handed = handed_on(helper) if helper else []
        for caller in callers if handed else ():
            given = arguments(caller.call, callee(caller.call, module) or handed[0].function)
            for one in handed:
                yield Closing(caller.call, given.get(one.code), given.get(one.reason))


class Handed(NamedTuple):
    """The parameters of a function that become the code and reason of a close, as they are."""

    function: Function
    code: str
    reason: str


def handed_on(helper: Function) -> list[Handed]:
    """Find what a function closes with that it is given."""
    if "handed on" not in helper.module.notes:
        table: dict[FunctionNode, list[Closing]] = {}
        for one in closings(helper.module):
            if function := helper.module.function_of(one.node):
                table.setdefault(function, []).append(one)
        helper.module.notes["handed on"] = table
    known: dict[FunctionNode, list[Closing]] = helper.module.notes["handed on"]
    found = (
        Handed(helper, parameter(one.code, helper), parameter(one.reason, helper))
        for one in known.get(helper.node, ())
    )
    return [one for one in found if one.code or one.reason]


def parameter(value: ast.expr | None, helper: Function) -> str:
    """Name the parameter that a value is, if nothing else is done with it before."""
    if not isinstance(value, ast.Name):
        return ""
    scope, bindings = inference(helper.module).scopes(helper.module).lookup(value)
    is_own = scope is helper.node and [one.how for one in bindings] == ["parameter"]
    return value.id if is_own else ""


def found_closings(module: Module) -> Iterator[Closing]:
    """Look at all calls and dicts."""
    for call in module.every(ast.Call):
        if is_close(call, module) or is_closer(call, module):
            yield Closing(call, argument(call, 0, "code"), argument(call, 1, "reason"))
    for message in module.every(ast.Dict):
        texts = (one.value for one in message.values if isinstance(one, ast.Constant))
        if MESSAGE in texts and is_sent(message, module):
            pairs = zip(message.keys, message.values, strict=True)
            fields = {one.value: value for one, value in pairs if isinstance(one, ast.Constant)}
            yield Closing(message, fields.get("code"), fields.get("reason"))


def is_sent(message: ast.Dict, module: Module) -> bool:
    """Tell whether a message is given to a `send`: others are received, or stand in tests."""
    call = module.parents[message]
    if not isinstance(call, ast.Call):
        return False
    return last_name(call.func) in {"send", "_send"}


def is_close(call: ast.Call, module: Module) -> bool:
    """Tell whether a call closes a WebSocket; one that is only likely to be one must be awaited."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "close":
        return False
    if not operation(call, module):
        return False
    return isinstance(module.parents[call], ast.Await) or is_known_socket(receiver(call), module)


def is_closer(call: ast.Call, module: Module) -> bool:
    """Tell whether a call makes an exception, or a response, that closes."""
    name = called_name(call, module)
    if name not in CLOSERS:
        return False
    kind = inference(module).kind(call.func, module)
    return isinstance(kind, Library) and kind.name.startswith(("fastapi.", "starlette."))


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """Give an argument of a call, by its place or its name."""
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None
    if position < len(call.args):
        return call.args[position]
    return next((one.value for one in call.keywords if one.arg == name), None)
