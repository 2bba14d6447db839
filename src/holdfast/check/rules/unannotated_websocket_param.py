"""A FastAPI WebSocket endpoint takes the WebSocket without saying so.

FastAPI reads a parameter without an annotation as a query parameter. As no client sends one, every
handshake is refused with HTTP 403, and nothing at all is logged.

Not reported: Starlette's `WebSocketRoute` and `websocket_route`, which pass the WebSocket by
position; methods such as `on_connect(self, websocket)`; a parameter with a default, such as
`Depends(...)`; a name that stands in the path.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.module import FunctionNode, Module, parameters
from holdfast.check.routes import Route, routes
from holdfast.check.rules.rule import Problem, Rule

LIKELY = {"websocket", "ws", "socket", "sock"}
BY_TYPE = {"websocket", "add_api_websocket_route"}


def find(module: Module) -> Iterator[Problem]:
    """Find parameters that are plainly meant to be the WebSocket."""
    for route in routes(module):
        by_fastapi = route.how in BY_TYPE and route.framework in {"fastapi", "unknown"}
        if not by_fastapi or takes_connection(route.function, module):
            continue
        for parameter in meant(route):
            name = parameter.arg
            yield Problem(parameter, f"`{name}` has no annotation: FastAPI takes it for a query parameter")


def takes_connection(function: FunctionNode, module: Module) -> bool:
    """Tell whether some parameter is annotated as the connection."""
    return any(
        "WebSocket" in (text := ast.unparse(one.annotation)) or "HTTPConnection" in text
        for one, _ in parameters(function)
        if one.annotation
    )


def meant(route: Route) -> list[ast.arg]:
    """Give the required, unannotated parameters with a WebSocket's name."""
    return [
        one
        for one, default in parameters(route.function)
        if one.arg in LIKELY
        and one.annotation is None
        and default is None
        and f"{{{one.arg}" not in route.path
    ]


RULE = Rule(
    "WSK104",
    "unannotated-websocket-param",
    "error",
    "Annotate it with `WebSocket`, from fastapi",
    __doc__ or "",
    find,
)
