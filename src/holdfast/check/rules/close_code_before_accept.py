"""A WebSocket that was never accepted is closed with a code or a reason, which nobody receives.

There is no WebSocket yet: uvicorn, hypercorn, granian and daphne answer the handshake with HTTP
403, and a browser shows close code 1006. Starlette's test client does report the code, so that
tests pass and the client's code for it never runs.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
ROOMS = {"lobby"}


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, room: str = "lobby"):
    if room not in ROOMS:
        await websocket.close(code=4404, reason="no such room")
        return
    await websocket.accept()
    await websocket.close()
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
ROOMS = {"lobby"}


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, room: str = "lobby"):
    await websocket.accept()
    if room not in ROOMS:
        await websocket.close(code=4404, reason="no such room")
        return
    await websocket.close()
```

Before `accept()` an HTTP answer is what arrives: `raise HTTPException(401)`, or
`await websocket.send_denial_response(...)`.

Not reported: `close()` without arguments; a socket that was given to something unknown before; a
handler of errors around the `accept()` itself; code that says, in a comment or docstring, that the
client is answered 403.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import lines_before
from holdfast.check.code.module import Module
from holdfast.check.facts.ways import (
    after_failed_accept,
    dependency_ways,
    was_handed_on,
    ways_through,
)
from holdfast.check.finding import Fix
from holdfast.check.flow import Event, State
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = "Before accept no close code or reason is sent: the client is answered HTTP 403"
COMMENT_LINES = 4  # above the close, as far as a comment may be


def find(module: Module) -> Iterator[Problem]:
    """Find closes with arguments on ways that have not passed an accept."""
    seen: set[ast.AST] = set()
    for way in (*ways_through(module), *dependency_ways(module)):
        for event in way.trace.of("close"):
            if event.module is not module or event.inner in seen or not is_lost(event):
                continue
            if was_handed_on(event, way) or after_failed_accept(event, way):
                continue
            seen.add(event.inner)
            yield Problem(event.inner, MESSAGE, fix(event.inner, module))


def is_lost(event: Event) -> bool:
    """Tell whether a close says something that nobody is there to hear."""
    return says_something(event.inner) and is_early(event.states) and not is_documented(event)


def says_something(call: ast.AST) -> bool:
    """Tell whether a close has a code or a reason."""
    return isinstance(call, ast.Call) and bool(call.args or call.keywords)


def is_early(states: frozenset[State]) -> bool:
    """Tell whether there is a way on which nobody has accepted, for sure."""
    return any(one.accepted is False and one.closed is False and not one.gone for one in states)


def is_documented(event: Event) -> bool:
    """Tell whether the text around the close knows of the 403."""
    row, lines = getattr(event.inner, "lineno", 1), event.module.lines
    above = lines[max(0, row - 1 - COMMENT_LINES) : row]
    comments = (line.partition("#")[2] for line in above)
    return "403" in (ast.get_docstring(event.function) or "") or any(
        "403" in one for one in comments
    )


def fix(where: ast.AST, module: Module) -> Fix | None:
    """Accept first: the client is told then, and learns that there is something to refuse it."""
    if not isinstance(where, ast.Call) or not isinstance(where.func, ast.Attribute):
        return None
    statement = module.statement_of(where)
    if where.func.attr != "close" or not isinstance(statement, ast.Expr | ast.Return):
        return None
    if module.lines[statement.lineno - 1][: statement.col_offset].strip():
        return None
    accept = f"await {ast.unparse(where.func.value)}.accept()"
    return Fix("Accept first", (lines_before(statement, [accept], module),), safe=False)


RULE = Rule(
    "WSK111",
    "close-code-before-accept",
    "warning",
    "Accept, then close with the code; or answer with an `HTTPException` before accept",
    __doc__ or "",
    find,
    "unsafe",
)
