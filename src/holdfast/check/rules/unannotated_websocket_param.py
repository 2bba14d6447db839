"""A FastAPI WebSocket endpoint takes the WebSocket without saying so.

FastAPI reads a parameter without an annotation as a query parameter. As no client sends one, every
handshake is refused with HTTP 403, and nothing at all is logged.

Wrong:

```python
from fastapi import FastAPI

app = FastAPI()


@app.websocket("/ws")
async def hello(websocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def hello(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()
```

Not reported: Starlette's `WebSocketRoute` and `websocket_route`, which pass the WebSocket by
position; methods such as `on_connect(self, websocket)`; a parameter with a default, such as
`Depends(...)`; a name that stands in the path.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.edits import import_of, insert_after
from holdfast.check.code.guess import SHARED, used
from holdfast.check.code.infer import WEBSOCKET
from holdfast.check.code.kinds import Made, Socket, inference
from holdfast.check.code.module import FunctionNode, Module, parameters
from holdfast.check.facts.routes import Route
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule
from holdfast.check.rules.sync_endpoint import routes_to

LIKELY = re.compile(r"(?:\w+_)?(?:ws|websocket|socket|sock)(?:_(?:conn|connection|client))?")
BY_TYPE = {"websocket", "add_api_websocket_route"}


def find(module: Module) -> Iterator[Problem]:
    """Find parameters that are plainly meant to be the WebSocket."""
    seen = set()
    for route in routes_to(module):
        by_fastapi = route.how in BY_TYPE and route.framework in {"fastapi", "unknown"}
        if not by_fastapi or route.decorated or takes_connection(route.function, module):
            continue
        for parameter in meant(route):
            if parameter not in seen:
                seen.add(parameter)
                message = (
                    f"`{parameter.arg}` has no annotation: FastAPI takes it for a query parameter"
                )
                yield Problem(parameter, message, fix(parameter, module))


def takes_connection(function: FunctionNode, module: Module) -> bool:
    """Tell whether some parameter is annotated as the connection."""
    for one, _ in parameters(function):
        if one.annotation is not None:
            kind = inference(module).annotation(one.annotation, module)
            name = kind.name if isinstance(kind, Made) else ""
            if isinstance(kind, Socket) or name.endswith(("WebSocket", "HTTPConnection")):
                return True
    return False


def meant(route: Route) -> list[ast.arg]:
    """Give the required, unannotated parameters with a WebSocket's name or a WebSocket's use."""
    return [
        one
        for one, default in parameters(route.function)
        if one.annotation is None
        and default is None
        and f"{{{one.arg}" not in route.path
        and (LIKELY.fullmatch(one.arg) or is_used_as_one(one.arg, route))
    ]


def is_used_as_one(name: str, route: Route) -> bool:
    """Tell whether a parameter is used as only a WebSocket can be."""
    return not SHARED.isdisjoint(used(name, route.function, route.module))


def fix(parameter: ast.arg, module: Module) -> Fix:
    """Annotate it, with the import that this needs."""
    names = [name for name, full in module.imports.items() if full in WEBSOCKET]
    edits = []
    if not names and module.imports.get("fastapi") == "fastapi":
        names = ["fastapi.WebSocket"]
    if not names:
        names = ["WebSocket"]
        edits = import_of("WebSocket", "fastapi", module)
    return Fix(
        f"Annotate it with `{names[0]}`",
        (*edits, insert_after(parameter, f": {names[0]}", module)),
    )


RULE = Rule(
    "WSK104",
    "unannotated-websocket-param",
    "error",
    "Annotate it with `WebSocket`, from fastapi",
    __doc__ or "",
    find,
    fixes="safe",
)
