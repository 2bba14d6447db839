"""A route's decorator has lost its `@`.

`app.websocket("/ws")` alone makes a decorator and throws it away. The function below it is a plain
function: there is no such route, every handshake is refused with HTTP 403, and nothing is logged.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


app.websocket("/ws")


async def hello(websocket: WebSocket):
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

Not reported: `app.websocket("/ws")(hello)`; a decorator that is kept under a name; a call that no
function with a WebSocket follows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import insert_before
from holdfast.check.code.guess import LIKELY
from holdfast.check.code.kinds import Instance, inference
from holdfast.check.code.module import FunctionNode, Module, parameters
from holdfast.check.facts.routes import DECORATORS, framework_of, is_socket_annotation
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find such calls that stand alone, with a function for a WebSocket right below."""
    for statement in module.every(ast.Expr):
        call = statement.value
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr not in DECORATORS or not makes_routes(call.func.value, module):
            continue
        function = next_function(statement, module)
        if function and takes_socket(function, module) and not has_route(function):
            message = f"This makes no route of `{function.name}`: it is a decorator without its `@`"
            fix = Fix("Add the `@`", (insert_before(call, "@", module),))
            yield Problem(call, message, None if function.decorator_list else fix)


def makes_routes(receiver: ast.expr, module: Module) -> bool:
    """Tell whether something may be an application or a router."""
    framework = framework_of(receiver, module)
    if framework != "unknown":
        return framework != "other"
    kind = inference(module).kind(receiver, module)
    return module.uses_framework and not isinstance(kind, Instance)


def next_function(statement: ast.stmt, module: Module) -> FunctionNode | None:
    """Give the function that directly follows a statement."""
    block = module.block_of(statement)
    after = block[block.index(statement) + 1 :][:1]
    return after[0] if after and isinstance(after[0], FunctionNode) else None


def takes_socket(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function has a parameter that is, or is named like, a WebSocket."""
    for one, _ in parameters(function):
        if one.annotation is None and one.arg in LIKELY:
            return True
        if one.annotation is not None and is_socket_annotation(one.annotation, module):
            return True
    return False


def has_route(function: FunctionNode) -> bool:
    """Tell whether a function is made an endpoint already."""
    calls = (one.func for one in function.decorator_list if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Attribute) and one.attr in DECORATORS for one in calls)


RULE = Rule(
    "WSK106",
    "discarded-route-decorator",
    "error",
    "Add the `@`",
    __doc__ or "",
    find,
    fixes="safe",
)
