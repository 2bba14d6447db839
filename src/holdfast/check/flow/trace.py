"""Follows the endpoints of a file; what is found is kept with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.kinds import Function, files_around
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.facts.dependencies import calls_of, of_keyword, of_owner, of_parameters
from holdfast.check.facts.routes import Endpoint, socket_parameter
from holdfast.check.facts.sockets import uses
from holdfast.check.flow.frame import Frame
from holdfast.check.flow.state import State, Trace
from holdfast.check.flow.walk import TooLarge, Walker


def trace(endpoint: Endpoint) -> Trace:
    """Follow an endpoint; what was found is kept with its file."""
    kept: dict[ast.AST, Trace] = endpoint.module.notes.setdefault("traces", {})
    if endpoint.function not in kept:
        kept[endpoint.function] = follow(endpoint)
    return kept[endpoint.function]


def follow(endpoint: Endpoint) -> Trace:
    """Follow an endpoint from its handshake to its ends."""
    try:
        start = State(accepted=accepted_before(endpoint))
    except RecursionError:
        return Trace([], {}, complete=False)
    return followed(endpoint.function, endpoint.module, endpoint.socket, start)


def followed(function: FunctionNode, module: Module, socket: str, start: State) -> Trace:
    """Follow a function that is called with a connection in a known state."""
    walker = Walker()
    frame = Frame.of(function, module, socket)
    try:
        outcome = walker.function(frame, frozenset({start}))
    except (TooLarge, RecursionError):
        return Trace([], {}, complete=False)
    return Trace(list(walker.recorder.events.values()), outcome.raises)


def may_be_closed(endpoint: Endpoint) -> bool:
    """Tell whether a dependency of the endpoint may have closed already."""
    return any(
        use.operation in {"close", "deny", "escape"}
        for one in dependencies(endpoint)
        for use in uses(one.node, one.module)
    )


def accepted_before(endpoint: Endpoint) -> bool | None:
    """Tell whether a dependency of the endpoint has accepted already; None: it may have."""
    if endpoint.route.decorated:
        return None
    accepting = [one for one in dependencies(endpoint) if accepts(one)]
    if any(always_accepts(one, endpoint) for one in accepting):
        return True
    return None if accepting or may_be_accepted(endpoint.module) else False


def dependencies(endpoint: Endpoint) -> Iterator[Function]:
    """Give the functions that an endpoint, its route and its router depend on, and theirs."""
    module, seen = endpoint.module, {endpoint.function}
    waiting = [
        *of_parameters(Function(module, endpoint.function)),
        *of_keyword(endpoint.route.call, module),
        *of_owner(endpoint.route, module),
    ]
    while waiting:
        called = waiting.pop(0).function
        if called.node not in seen:
            seen.add(called.node)
            yield called
            waiting += of_parameters(called)


def may_be_accepted(module: Module) -> bool:
    """Tell whether what applications, and those who include routers, may add accepts."""
    if "may be accepted" not in module.notes:
        module.notes["may be accepted"] = any(map(accepts, wider(module)))
    found: bool = module.notes["may be accepted"]
    return found


def wider(module: Module) -> Iterator[Function]:
    """Give what applications, and those who include routers, may add to what endpoints need."""
    for file in dict.fromkeys([module, *files_around(module).near(module)]):
        for calls in calls_of(file).values():
            for call in calls:
                yield from (one.function for one in of_keyword(call, file))


def accepts(called: Function) -> bool:
    """Tell whether a function may accept a connection."""
    return any(use.operation == "accept" for use in uses(called.node, called.module))


def always_accepts(called: Function, endpoint: Endpoint) -> bool:
    """Tell whether a function that is depended on accepts on every path."""
    name = socket_parameter(called.node, called.module)
    if not name or called.node is endpoint.function:
        return False
    found = trace(Endpoint(called.node, called.module, name, endpoint.route))
    ends = [state for event in found.of("return", "end") for state in event.states]
    is_generator = any(isinstance(one, ast.Yield) for one in walk(called.node))
    return bool(ends) and not is_generator and all(one.accepted for one in ends)
