"""A WebSocket route depends on what only an HTTP request has.

FastAPI gives a `Request` to HTTP routes only. On a WebSocket route the call fails with `TypeError:
get_user() missing 1 required positional argument: 'request'` and the client sees HTTP 500; so it
does where the dependency is that of a router. A `Response` and `BackgroundTasks` are given, and
lost: a cookie is never set, and a task never run.

Wrong:

```python
from fastapi import Depends, FastAPI, Request, WebSocket

app = FastAPI()


def get_user(request: Request) -> str:
    return request.headers.get("x-user", "nobody")


@app.websocket("/ws")
async def hello(websocket: WebSocket, user: str = Depends(get_user)):
    await websocket.accept()
    await websocket.send_text(f"Hello {user}")
    await websocket.close()
```

Right:

```python
from fastapi import Depends, FastAPI, WebSocket
from fastapi.requests import HTTPConnection

app = FastAPI()


def get_user(connection: HTTPConnection) -> str:
    return connection.headers.get("x-user", "nobody")


@app.websocket("/ws")
async def hello(websocket: WebSocket, user: str = Depends(get_user)):
    await websocket.accept()
    await websocket.send_text(f"Hello {user}")
    await websocket.close()
```

Not reported: `HTTPConnection` and `WebSocket`; a parameter with a default, as in `request: Request
= None, websocket: WebSocket = None`; dependencies of HTTP routes alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import import_of, replace
from holdfast.check.code.kinds import Function, Made, inference
from holdfast.check.code.module import Module, parameters, walk
from holdfast.check.facts.dependencies import Dependency, needed
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

FAILS = {"fastapi.Request", "fastapi.requests.Request", "starlette.requests.Request"}
LOST = {
    "fastapi.Response": "is never sent",
    "fastapi.responses.Response": "is never sent",
    "starlette.responses.Response": "is never sent",
    "fastapi.BackgroundTasks": "are never run",
    "fastapi.background.BackgroundTasks": "are never run",
    "starlette.background.BackgroundTasks": "are never run",
}


def find(module: Module) -> Iterator[Problem]:
    """Find such parameters of what a WebSocket route calls, in this file or another one."""
    if not module.uses_framework:
        return
    seen: set[ast.AST] = set()
    for one in needed(module):
        for parameter, what in http_only(one.function):
            is_here = one.function.module is module
            where = parameter if is_here else one.named
            if where not in seen:
                seen.add(where)
                message = f"On a WebSocket route {what}{in_another_file(one, is_here)}"
                yield Problem(where, message, fix(parameter, module) if is_here else None)


def http_only(function: Function) -> Iterator[tuple[ast.arg, str]]:
    """Give the parameters that a WebSocket route has nothing for, and what becomes of them."""
    if function.node.decorator_list and function.owner is not None:
        return
    infer = inference(function.module)
    for parameter, default in parameters(function.node):
        if parameter.annotation is None or default is not None:
            continue
        kind = infer.annotation(parameter.annotation, function.module)
        name = kind.name if isinstance(kind, Made) else ""
        if name in FAILS and not isinstance(parameter.annotation, ast.BinOp | ast.Subscript):
            yield parameter, f"there is no `{parameter.arg}`, and this raises `TypeError`"
        elif name in LOST and is_used(parameter, function):
            yield parameter, f"`{parameter.arg}` {LOST[name]}"


def is_used(parameter: ast.arg, function: Function) -> bool:
    """Tell whether a function does anything with a parameter."""
    nodes = (node for statement in function.node.body for node in walk(statement))
    return any(isinstance(node, ast.Name) and node.id == parameter.arg for node in nodes)


def in_another_file(one: Dependency, is_here: bool) -> str:
    """Say which function it is, where the finding is not in its file."""
    return "" if is_here else f" (in `{one.function.name}`, of {one.function.module.path.name})"


def fix(parameter: ast.arg, module: Module) -> Fix | None:
    """Take the connection, of whichever kind it is."""
    kind = inference(module).annotation(parameter.annotation or parameter, module)
    if parameter.annotation is None or not isinstance(kind, Made) or kind.name not in FAILS:
        return None
    edits = import_of("HTTPConnection", "fastapi.requests", module)
    change = replace(parameter.annotation, "HTTPConnection", module)
    return Fix("Annotate it with `HTTPConnection`", (*edits, change), safe=False)


RULE = Rule(
    "WSK105",
    "http-only-dependency",
    "error",
    "Annotate the parameter with `HTTPConnection`, from fastapi.requests",
    __doc__ or "",
    find,
    fixes="unsafe",
)
