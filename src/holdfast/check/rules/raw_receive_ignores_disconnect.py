"""A loop calls `receive()` and overlooks the message that tells of the end.

Unlike `receive_text()`, `receive()` does not raise when the client leaves: it returns
`{"type": "websocket.disconnect", ...}` once. The next call raises `WebSocketDisconnected`, which is
a `RuntimeError`: an `except WebSocketDisconnect` does not catch it, and the log has a traceback.
(`"text" in message` is no test either: on Hypercorn it is true of binary messages, whose text is
None.)

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive()
            if "text" in message:
                await websocket.send_text(message["text"])
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
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                break
            if message.get("text") is not None:
                await websocket.send_text(message["text"])
    except WebSocketDisconnect:
        pass
```

Not reported: a loop that tests the type, or leaves when there is neither text nor bytes; a message
that is handed on; a loop whose condition looks at `client_state`; one that is meant to end by the
`RuntimeError`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import lines_after, step
from holdfast.check.code.module import Loop, Module
from holdfast.check.facts.callers import Caller
from holdfast.check.facts.handling import catchers, exits
from holdfast.check.facts.overlooked import looping_callers, overlooks_end
from holdfast.check.facts.sockets import operation
from holdfast.check.facts.visits import surrounding
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = (
    "`receive()` does not raise when the client leaves: its last message is overlooked here, and"
    " the next call raises RuntimeError"
)
GENERAL = {"Exception", "BaseException"}
EXPECTED = {"RuntimeError", "WebSocketDisconnected"}


def find(module: Module) -> Iterator[Problem]:
    """Find raw receives in loops that go round after the last message."""
    for call in module.every(ast.Call):
        if operation(call, module) != "raw_receive" or surrounding(call, module) != "awaited":
            continue
        loop = module.loop_of(call)
        if loop is None:
            if any(goes_round(one, call, module) for one in looping_callers(call, module)):
                yield Problem(call, MESSAGE)
        elif is_endless(call, loop, module) and overlooks_end(call, loop, module):
            yield Problem(call, MESSAGE, fix(call, module))


def goes_round(caller: Caller, call: ast.Call, module: Module) -> bool:
    """Tell whether a loop that calls a helper which receives goes round after the end."""
    loop = caller.module.loop_of(caller.call)
    catches = any(True for _ in catchers(call, module))
    return loop is not None and not catches and is_endless(caller.call, loop, caller.module)


def is_endless(call: ast.Call, loop: Loop, module: Module) -> bool:
    """Tell whether neither the state nor the error of the next call is to end a loop."""
    if not isinstance(loop, ast.While) or "client_state" in ast.unparse(loop.test):
        return False
    return not is_expected(call, loop, module)


def is_expected(call: ast.Call, loop: ast.While, module: Module) -> bool:
    """Tell whether the error of the next call is what is to end the loop.

    That is so if it is caught by its name, within the loop, or where nobody looks at messages.
    """
    is_dropped = isinstance(module.statement_of(call), ast.Expr)
    for where, names in catchers(call, module):
        if not names.isdisjoint(EXPECTED):
            return True
        if not names.isdisjoint(GENERAL) and (is_dropped or module.loop_of(where) is loop):
            return is_dropped or not ends_by_chance(where, loop, module)
    return False


def ends_by_chance(where: ast.AST, loop: ast.While, module: Module) -> bool:
    """Tell whether a handler leaves the loop only where what it does fails in turn."""
    ends = list(exits(where.body, loop, module)) if isinstance(where, ast.ExceptHandler) else []
    handlers = [
        next(one for one in module.ancestors(end) if isinstance(one, ast.ExceptHandler))
        for end in ends
    ]
    return bool(ends) and where not in handlers


def fix(call: ast.Call, module: Module) -> Fix | None:
    """Test the type behind `message = await ws.receive()`."""
    statement = module.statement_of(call)
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return None
    if not isinstance(statement.value, ast.Await) or statement.value.value is not call:
        return None
    if not has_own_lines(statement, module):
        return None
    name = statement.targets[0].id
    lines = [f'if {name}["type"] == "websocket.disconnect":', f"{step(module)}break"]
    return Fix("Leave the loop at the end", (lines_after(statement, lines, module),), safe=False)


def has_own_lines(statement: ast.stmt, module: Module) -> bool:
    """Tell whether no other statement stands on the lines of one."""
    span = module.span(statement)
    before = module.lines[span.row - 1][: span.column - 1]
    after = module.lines[span.end_row - 1][span.end_column - 1 :].strip()
    return not before.strip() and (not after or after.startswith("#"))


RULE = Rule(
    "WSK208",
    "raw-receive-ignores-disconnect",
    "error",
    'Leave the loop when `message["type"] == "websocket.disconnect"`',
    __doc__ or "",
    find,
    "unsafe",
)
