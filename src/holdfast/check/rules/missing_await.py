"""A WebSocket method is called and its coroutine thrown away.

Nothing is sent, received, accepted or closed; all that shows is a `RuntimeWarning` on stderr. A
forgotten `await` before `accept()` makes the next call raise, and the client sees HTTP 500. What
`receive_text()` gives without it is a coroutine and no text.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            websocket.send_text(f"You said: {text}")
    except WebSocketDisconnect:
        pass
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_text(f"You said: {text}")
    except WebSocketDisconnect:
        pass
```

Not reported: a coroutine that is handed on (`create_task(ws.send_text(...))`, `gather(...)`),
returned, or kept to be awaited later; a method of another library's WebSocket.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.containers import item_of, part_of
from holdfast.check.code.guess import LIKELY, SHARED
from holdfast.check.code.kinds import Socket, inference
from holdfast.check.code.module import Module
from holdfast.check.code.spelling import last_name
from holdfast.check.facts import coroutines
from holdfast.check.facts.sockets import COROUTINES, is_known_socket, is_socket
from holdfast.check.facts.suites import is_test
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find calls of a WebSocket's coroutine methods whose coroutine nobody can await."""
    for call in module.every(ast.Call):
        function = call.func
        if not (isinstance(function, ast.Attribute) and function.attr in COROUTINES):
            continue
        if not coroutines.is_lost(call, module) or not is_ours(function, module):
            continue
        name = ast.unparse(function)
        what = "does nothing" if coroutines.is_thrown_away(call, module) else "gives a coroutine"
        where = coroutines.place(call, module)
        yield Problem(where, f"`{name}()` is never awaited, so it {what}", fix(call, module))


def is_ours(function: ast.Attribute, module: Module) -> bool:
    """Tell whether this is a method of a server's WebSocket. A test client's methods are plain."""
    node = function.value
    if not is_socket(node, module) or is_something_else_too(node, module):
        return False
    if is_known_socket(node, module):
        return True
    name = last_name(node)
    scope = module.function_of(node)
    if not isinstance(scope, ast.AsyncFunctionDef) or is_test(module):
        return False
    if function.attr in SHARED and (name.lower() in LIKELY or is_one_of_many(node, module)):
        return True
    return is_awaited(node, scope, module)


def is_one_of_many(node: ast.expr, module: Module) -> bool:
    """Tell whether a name goes over a collection of WebSockets."""
    if not isinstance(node, ast.Name):
        return False
    infer = inference(module)
    found = [one for one in infer.scopes(module).lookup(node)[1] if one.how == "item"]
    kinds = [part_of(item_of(infer.kind(one.source, module)), one.path) for one in found]
    return any(isinstance(one, Socket) for one in kinds)


def is_something_else_too(node: ast.expr, module: Module) -> bool:
    """Tell whether a name is given something else as well: `ws = Printer()`."""
    if not isinstance(node, ast.Name):
        return False
    infer = inference(module)
    values = [one.source for one in infer.scopes(module).lookup(node)[1] if one.how == "value"]
    kinds = [infer.kind(one, module) for one in values]
    return any(kind is not None and not isinstance(kind, Socket) for kind in kinds)


def is_awaited(node: ast.expr, scope: ast.AST, module: Module) -> bool:
    """Tell whether a method of the same thing is awaited in the same function."""
    text = ast.unparse(node)
    for wait in module.every(ast.Await):
        if isinstance(wait.value, ast.Call) and isinstance(wait.value.func, ast.Attribute):
            called = wait.value.func
            if called.attr in COROUTINES and module.function_of(wait) is scope:
                if ast.unparse(called.value) == text:
                    return True
    return False


def fix(call: ast.Call, module: Module) -> Fix | None:
    """Add the `await`, where there may be one."""
    edits = coroutines.awaited(call, module)
    return Fix("Add `await`", tuple(edits)) if edits else None


RULE = Rule("WSK101", "missing-await", "error", "Add `await`", __doc__ or "", find, fixes="safe")
