"""Follows the endpoints of a file; what is found is kept with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.flow.calls import Frame
from holdfast.check.flow.state import State, Trace
from holdfast.check.flow.walk import TooLarge, Walker
from holdfast.check.kinds import Function
from holdfast.check.module import FunctionNode, Module
from holdfast.check.routes import Endpoint, socket_parameter
from holdfast.check.sockets import uses


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
    frame = Frame(function, module, {function: {socket}})
    try:
        outcome = walker.function(frame, frozenset({start}))
    except (TooLarge, RecursionError):
        return Trace([], {}, complete=False)
    return Trace(list(walker.recorder.events.values()), outcome.raises)


def accepted_before(endpoint: Endpoint) -> bool | None:
    """Tell whether a dependency of the endpoint has accepted already; None: it may have."""
    if endpoint.route.decorated:
        return None
    accepted: bool | None = False
    for called in dependencies(endpoint):
        if any(use.operation == "accept" for use in uses(called.node, called.module)):
            accepted = accepted or (True if always_accepts(called, endpoint) else None)
    return accepted


def dependencies(endpoint: Endpoint) -> Iterator[Function]:
    """Give the functions that an endpoint depends on."""
    spec, module = endpoint.function.args, endpoint.module
    given = [*spec.defaults, *spec.kw_defaults]
    given += [one.annotation for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    given += [keyword.value for keyword in endpoint.route.call.keywords]
    for value in given:
        for call in ast.walk(value) if value else ():
            if isinstance(call, ast.Call) and call.args:
                called = module.project.inference.callee(ast.Call(call.args[0], [], []), module)
                if called:
                    yield called


def always_accepts(called: Function, endpoint: Endpoint) -> bool:
    """Tell whether a function that is depended on accepts on every path."""
    name = socket_parameter(called.node, called.module)
    if not name or called.node is endpoint.function:
        return False
    found = trace(Endpoint(called.node, called.module, name, endpoint.route))
    ends = [state for event in found.of("return", "end") for state in event.states]
    is_generator = any(isinstance(one, ast.Yield) for one in ast.walk(called.node))
    return bool(ends) and not is_generator and all(one.accepted for one in ends)
