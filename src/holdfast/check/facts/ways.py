"""The ways of a connection through a file, and what stands around a place on them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from holdfast.check.code.kinds import Function, files_around, inference
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.facts.handling import caught_by_manager
from holdfast.check.facts.routes import (
    Endpoint,
    endpoints,
    is_websocket_endpoint,
    socket_parameter,
)
from holdfast.check.flow import Event, State, Trace, trace
from holdfast.check.flow.exceptions import EVERYTHING, caught_names, is_suppress, type_names
from holdfast.check.flow.trace import accepted_before, dependencies, followed

RISKY = re.compile(r"decode|verify|validat|auth|loads|^int$|parse|check|user", re.IGNORECASE)
# In which state Starlette's WebSocketEndpoint calls its methods.
METHODS = {
    "on_connect": State(accepted=False),
    "on_receive": State(accepted=True),
    "on_disconnect": State(accepted=True, gone=True),
}


Trying = (ast.Try, ast.TryStar)


class Way(NamedTuple):
    """What happens to a connection in a function that is called with it.

    `whole` tells that the function serves it to its end, and is no method of an endpoint class.
    """

    function: FunctionNode
    module: Module
    trace: Trace
    whole: bool


Place = tuple[ast.AST, Module]


def ways_through(module: Module) -> Iterator[Way]:
    """Give the ways that begin in a file, and those from other files that may lead through it."""
    for other in dict.fromkeys([module, *files_around(module).near(module)]):
        yield from ways(other)


def ways(module: Module) -> list[Way]:
    """Find the functions of a file that a server calls with a connection."""
    if "ways" not in module.notes:
        module.notes["ways"] = list(found_ways(module))
    found: list[Way] = module.notes["ways"]
    return found


def found_ways(module: Module) -> Iterator[Way]:
    """Follow the endpoints of a file and the methods of its endpoint classes."""
    for endpoint in endpoints(module):
        yield Way(endpoint.function, module, trace(endpoint), whole=True)
        if endpoint.route.decorated:
            yield from wrapped(endpoint)
    for owner in module.every(ast.ClassDef):
        methods = [one for one in owner.body if isinstance(one, FunctionNode)]
        handlers = [one for one in methods if one.name in METHODS and len(one.args.args) > 1]
        if handlers and is_websocket_endpoint(owner, module):
            for one in handlers:
                found = followed(one, module, one.args.args[1].arg, METHODS[one.name])
                yield Way(one, module, found, whole=False)


def wrapped(endpoint: Endpoint) -> Iterator[Way]:
    """Follow the function that the project's own decorator puts in the place of an endpoint."""
    after = endpoint.function.decorator_list
    index = after.index(endpoint.route.call) + 1 if endpoint.route.call in after else 0
    outermost = after[index]
    made = outermost.func if isinstance(outermost, ast.Call) else outermost
    decorator = inference(endpoint.module).kind(made, endpoint.module)
    if not isinstance(decorator, Function):
        return
    module = decorator.module
    returned = {one.value.id for one in walk(decorator.node)
                if isinstance(one, ast.Return) and isinstance(one.value, ast.Name)}  # fmt: skip
    for one in walk(decorator.node):
        if isinstance(one, FunctionNode) and one is not decorator.node and one.name in returned:
            name = socket_parameter(one, module)
            route = replace(endpoint.route, decorated=False)
            inner = Endpoint(endpoint.function, endpoint.module, endpoint.socket, route)
            if name and accepted_before(inner) is False:
                kept: dict[FunctionNode, Trace] = module.notes.setdefault("wrapped", {})
                if one not in kept:
                    kept[one] = followed(one, module, name, State(accepted=False))
                yield Way(one, module, kept[one], whole=False)


def dependency_ways(module: Module, *, accepting: bool = False) -> Iterator[Way]:
    """Follow the functions of a file that endpoints depend on, before anybody accepts.

    `accepting` asks for those of endpoints that are accepted by a dependency, too.
    """
    seen: set[FunctionNode] = set()
    for other in dict.fromkeys([module, *files_around(module).near(module)]):
        for endpoint in endpoints(other):
            if accepting or accepted_before(endpoint) is False:
                yield from depended(endpoint, module, seen)


def depended(endpoint: Endpoint, module: Module, seen: set[FunctionNode]) -> Iterator[Way]:
    """Follow what an endpoint, or a dependency of it, depends on."""
    for called in dependencies(endpoint):
        name = socket_parameter(called.node, called.module)
        if called.node in seen or not name:
            continue
        seen.add(called.node)
        inner = Endpoint(called.node, called.module, name, endpoint.route)
        if called.module is module:
            yield Way(called.node, module, trace(inner), whole=False)
        yield from depended(inner, module, seen)


def inner_place(event: Event) -> Place:
    """Give the place of what is done, which may be in a helper."""
    return event.inner, event.module


def outer_place(event: Event, way: Way) -> Place:
    """Give the place in the endpoint: of what is done, or of the call of a helper that does it."""
    return event.node, way.module


def tries(node: ast.AST, module: Module) -> Iterator[tuple[ast.Try | ast.TryStar, str]]:
    """Give every try around a node, within its function, and the part of it that the node is in."""
    below = node
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode | ast.Lambda):
            return
        if isinstance(parent, Trying):
            for part in ("body", "handlers", "orelse", "finalbody"):
                if below in getattr(parent, part):
                    yield parent, part
        below = parent


def guards(node: ast.AST, names: set[str], module: Module) -> Iterator[ast.stmt]:
    """Give the statements around a node, within its function, that catch one of these exceptions.

    One that cannot be read counts as one that does.
    """
    wanted = names | EVERYTHING | {"?"}
    for outer, part in tries(node, module):
        if part == "body" and any(wanted & caught_names(one, module) for one in outer.handlers):
            yield outer
    below = node
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode | ast.Lambda):
            return
        if isinstance(parent, ast.With | ast.AsyncWith) and below in parent.body:
            if any(wanted & caught_by_manager(one.context_expr, module) for one in parent.items):
                yield parent
        below = parent


def suppressed(node: ast.With, module: Module) -> Iterator[str]:
    """Spell what a `with suppress(...)` catches."""
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and is_suppress(call, module):
            for one in call.args:
                yield from type_names(one, module)


def after_failed_accept(event: Event, way: Way) -> bool:
    """Tell whether a place is in a handler of everything, or `finally`, of a try that accepts.

    What it is for comes mostly after the accept. It is something else if there are things in the
    try before that which may fail, or the handler is for a certain error.
    """
    accepts, module = [one.node for one in way.trace.of("accept")], way.module
    below: ast.AST = event.node
    for parent in module.ancestors(event.node):
        if isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, ast.Try | ast.TryStar) and below not in parent.body:
            inside = [one for one in accepts if module.within(one, parent.body)]
            if inside and (below in parent.finalbody or not is_certain(below, module)):
                return not may_fail_before(inside[0], parent.body)
        below = parent
    return False


def is_certain(node: ast.AST, module: Module) -> bool:
    """Tell whether a handler is for certain errors, not for all nor for a client's leaving."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    wide = EVERYTHING | {"?", "RuntimeError", "WebSocketDisconnect", "OSError", "ConnectionError"}
    return not wide & caught_names(node, module)


def may_fail_before(accept: ast.AST, block: list[ast.stmt]) -> bool:
    """Tell whether anything that may fail stands before an accept."""
    row = getattr(accept, "lineno", 0)
    nodes = (node for statement in block for node in walk(statement))
    return any(getattr(node, "lineno", row) < row and may_fail(node) for node in nodes)


def may_fail(node: ast.AST) -> bool:
    """Tell whether something is awaited, or looks like the reading of a token."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        return RISKY.search(name) is not None
    return isinstance(node, ast.Await)


def was_handed_on(event: Event, way: Way) -> bool:
    """Tell whether something unknown had the connection before, which may have accepted it."""
    row = getattr(event.node, "lineno", 0)
    if any(getattr(one.node, "lineno", 0) < row for one in way.trace.of("escape")):
        return True
    # In the same helper, or in one that it calls, they are in the order of their turns.
    turns = [one for one in way.trace.of("escape", event.operation) if one.node is event.node]
    return any(one.operation == "escape" for one in turns[: turns.index(event)])
