"""An endpoint of a Starlette route has more parameters than the WebSocket.

`websocket_route`, `add_websocket_route` and `WebSocketRoute` call the endpoint with the WebSocket
and nothing else, in FastAPI, too. So `TypeError: room() missing 1 required positional argument`
follows, and the client sees HTTP 500.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket_route("/rooms/{room_id}")
async def room(websocket: WebSocket, room_id: str):
    await websocket.accept()
    await websocket.send_text(f"This is {room_id}")
    await websocket.close()
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/rooms/{room_id}")
async def room(websocket: WebSocket, room_id: str):
    await websocket.accept()
    await websocket.send_text(f"This is {room_id}")
    await websocket.close()
```

Not reported: classes; parameters with a default; a function that a decorator below the route's may
have changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.check.code.module import FunctionNode, Module, parameters
from holdfast.check.facts.routes import Route, is_socket_annotation
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.rules.rule import Problem, Rule
from holdfast.check.rules.sync_endpoint import routes_to

# What calls with the WebSocket alone -> what passes path parameters, too.
BY_POSITION = {
    "websocket_route": "websocket",
    "add_websocket_route": "add_api_websocket_route",
    "WebSocketRoute": "",
}


def find(module: Module) -> Iterator[Problem]:
    """Find endpoints of such routes that require more than one argument."""
    seen = set()
    for route in routes_to(module):
        if route.how not in BY_POSITION or route.decorated or route.function in seen:
            continue
        extra = extra_parameters(route.function, module)
        if extra:
            seen.add(route.function)
            names = ", ".join(f"`{one}`" for one in extra)
            message = f"`{route.how}` passes the WebSocket alone, and never {names}"
            yield Problem(route.function, message, fix(route, module))


def extra_parameters(function: FunctionNode, module: Module) -> list[str]:
    """Name the required parameters after the first."""
    first = module.class_of(function) is module.parents[function]
    required = [one.arg for one, default in parameters(function) if default is None]
    return required[1 + first :]


def fix(route: Route, module: Module) -> Fix | None:
    """Register it as FastAPI's own route, where that is known to be possible."""
    better, called = BY_POSITION[route.how], route.call.func
    annotations = [one.annotation for one, _ in parameters(route.function) if one.annotation]
    takes_socket = any(is_socket_annotation(one, module) for one in annotations)
    if not (
        better and takes_socket and route.framework == "fastapi" and route.call in module.parents
    ):
        return None
    end = module.span(called)
    column = end.end_column - len(route.how)
    span = Span(end.end_row, column, end.end_row, end.end_column)
    return Fix(f"Register it with `{better}`", (Edit(span, better),))


RULE = Rule(
    "WSK108",
    "websocket-route-extra-params",
    "error",
    "Register it with `@app.websocket(...)`, or read `websocket.path_params`",
    __doc__ or "",
    find,
    fixes="safe",
)
