"""Registries whose code is not in sight: managers that other files give, told by their methods.

Where `from app.sockets import manager` leads nowhere, `manager.connect(websocket)` still registers,
and `manager.disconnect(websocket)` takes out again: that is what these names are for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Library, Made, inference
from holdfast.check.code.module import FunctionNode, Module, body_nodes
from holdfast.check.facts.registries import Change, Place, is_connection, source_of

ADDS = re.compile(
    r"(?:connect|register|add|join|subscribe|attach)(?:_\w+)?|[a-z]+_(?:connect|register)"
)
REMOVES = re.compile(
    r"(?:handle_|on_)?(?:disconnect|unregister|deregister|remove|discard|delete|leave|unsubscribe"
    r"|detach|drop|kick|forget|evict|close|clean_?up|disconnected)(?:_\w+)?"
    r"|[a-z]+_(?:disconnect|unregister)"
)
OURS = "holdfast"


def strange_changes(function: FunctionNode, module: Module) -> list[Change]:
    """Give what a function registers with a manager that is not in sight, and what it takes out."""
    kept: dict[ast.AST, list[Change]] = module.notes.setdefault("strange changes", {})
    if function not in kept:
        kept[function] = list(found(function, module))
    return kept[function]


def found(function: FunctionNode, module: Module) -> Iterator[Change]:
    """Look for pairs of calls of the same manager."""
    calls = [one for one in body_nodes(function) if isinstance(one, ast.Call)]
    names: set[str] = set()
    for call in calls:
        if ADDS.fullmatch(method_of(call)) and is_given_connection(call, module):
            if name := manager_of(call, module):
                names.add(name)
                yield change("add", name, call, function, module)
    for call in calls if names else ():
        if REMOVES.fullmatch(method_of(call)) and (name := manager_of(call, module)) in names:
            yield change("remove", name, call, function, module)
        elif may_clean_up(call, module):
            for name in names:
                yield change("remove", name, call, function, module)


def is_given_connection(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is given a WebSocket, or a client that has one."""
    given = [*call.args, *(one.value for one in call.keywords)]
    return any(is_connection(one, module) for one in given)


def may_clean_up(call: ast.Call, module: Module) -> bool:
    """Tell whether something unknown is done with the connection in a `finally`."""
    if not is_given_connection(call, module) or callee(call, module):
        return False
    return any(
        isinstance(one, ast.Try) and module.within(call, one.finalbody)
        for one in module.ancestors(call)
    )


def change(
    action: str, name: str, call: ast.Call, function: FunctionNode, module: Module
) -> Change:
    """Make what a call of a manager changes."""
    value = call.args[0] if call.args else None
    return Change(action, Place(None, name), 0, call, call, None, value, module, function)


def method_of(call: ast.Call) -> str:
    """Give the last name of what is called."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def manager_of(call: ast.Call, module: Module) -> str:
    """Name the manager whose method is called, or the file whose function; none that is known."""
    infer = inference(module)
    match call.func:
        case ast.Attribute(value=target):
            kind = infer.kind(target, module)
            if isinstance(kind, Library | Made) and kind.name.startswith(OURS):
                return ""
            return ast.unparse(target) if kind is None or isinstance(kind, Library | Made) else ""
        case ast.Name(id=name) if isinstance(infer.kind(call.func, module), Library):
            return source_of(module.imports.get(name, ""))[0]
    return ""
