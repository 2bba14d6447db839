"""A WebSocket endpoint is a plain function.

FastAPI and Starlette await what an endpoint returns: the body runs, then `TypeError: object
NoneType can't be used in 'await' expression` follows and the client sees HTTP 500. With an `await`
in it Python does not even compile the file.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
def hello(websocket: WebSocket):
    websocket.accept()
    websocket.send_text("hello")
    websocket.close()
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

Not reported: HTTP endpoints, dependencies and classes; a function that returns the coroutine of
another one; a function that a decorator below the route's may have changed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import insert_before
from holdfast.check.code.kinds import files_around
from holdfast.check.code.module import FunctionNode, Module, own_nodes
from holdfast.check.code.spelling import last_name
from holdfast.check.facts import coroutines
from holdfast.check.facts.routes import Route, routes
from holdfast.check.facts.sockets import operation
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find endpoints defined with `def`."""
    seen = set()
    for route in routes_to(module):
        function = route.function
        if isinstance(function, ast.FunctionDef) and function not in seen:
            if not route.decorated and may_fail(function):
                seen.add(function)
                message = f"WebSocket endpoint `{function.name}` is a plain function, which fails"
                yield Problem(function, message, fix(function, module))


def routes_to(module: Module) -> Iterator[Route]:
    """Give the routes that lead to functions of a file, wherever they are registered."""
    others = [one for one in files_around(module).near(module) if one is not module]
    for one in (module, *others):
        yield from (route for route in routes(one) if route.module is module)


def may_fail(function: FunctionNode) -> bool:
    """Tell whether a function gives nothing to await: `return handle(websocket)` works."""
    for node in own_nodes(function):
        if isinstance(node, ast.Return) and node.value is not None:
            if not isinstance(node.value, ast.Constant | ast.JoinedStr | ast.Dict | ast.List):
                return False
    return True


def fix(function: ast.FunctionDef, module: Module) -> Fix | None:
    """Make it a coroutine function that awaits its WebSocket, if nobody else calls it."""
    if is_called(function, module) or any(
        isinstance(one, ast.Yield) for one in own_nodes(function)
    ):
        return None
    indent, row = function.col_offset + 1, function.lineno
    edits = [Edit(Span(row, indent, row, indent), "async ")]
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and operation(node, module) not in {"", "iterate"}:
            if coroutines.is_lost(node, module):
                edits.append(insert_before(node, "await ", module))
    return Fix("Define it with `async def`", tuple(edits))


def is_called(function: ast.FunctionDef, module: Module) -> bool:
    """Tell whether a function of this name is called in its file."""
    calls = (call.func for call in module.every(ast.Call))
    return function.name in map(last_name, calls)


RULE = Rule(
    "WSK103",
    "sync-endpoint",
    "error",
    "Define it with `async def`",
    __doc__ or "",
    find,
    fixes="safe",
)
