"""A connection is taken out of its registry only when its client has left in order.

Whatever else ends the handler leaves the dead connection behind: invalid JSON, a missing key, a
binary frame where text was read (`KeyError: 'text'`), a cancelled task. From then on a broadcast
fails at that connection, in the handler of whoever speaks. With the usual chat manager one binary
frame from one client drops every client that says something, until the server is restarted.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        clients.discard(websocket)
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        clients.discard(websocket)
```

Not reported: a `finally` at any level, also in the function that calls this one; a context manager
or dependency that registers; a clean-up that is handed to something else, such as an exit stack;
the same clean-up under `except Exception`, which misses cancelled handlers only (WSK314).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import indent_of, lines_after, step
from holdfast.check.code.module import Module, walk
from holdfast.check.facts.cleanup import COVERED, DISCONNECT, ERROR, registrations
from holdfast.check.facts.leaks import Leak, leaks, wording
from holdfast.check.facts.managers import strange_changes
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find functions whose clean-up an ordinary exception passes by."""
    for leak in leaks(module):
        if leak.ways[ERROR] != COVERED:
            is_end = leak.ways[DISCONNECT] == COVERED and not is_in_others(leak, module)
            when = "when the client leaves" if is_end else "by some errors"
            message = f"{wording(leak)} {when}: any other error leaks it"
            yield Problem(leak.removal, message, fix(leak, module))


def is_in_others(leak: Leak, module: Module) -> bool:
    """Tell whether a handler for other errors cleans up as well, if not one for all of them."""
    tried = module.parents[leak.handler] if leak.handler else None
    handlers = tried.handlers if isinstance(tried, ast.Try | ast.TryStar) else []
    return any(
        one is not leak.handler and leak.handling.first_removal(one.body) for one in handlers
    )


def fix(leak: Leak, module: Module) -> Fix | None:
    """Move the clean-up into a `finally`, where it is all that its handler does."""
    handler = leak.handler
    tried = module.parents[handler] if handler else None
    if handler is None or not isinstance(tried, ast.Try) or tried.finalbody:
        return None
    moved = handler.body[-1]
    if leak.removal not in walk(moved) or (isinstance(moved, ast.If) and moved.orelse):
        return None
    if handler.name and any(
        isinstance(one, ast.Name) and one.id == handler.name for one in walk(moved)
    ):
        return None
    if any(isinstance(one, ast.Await) for before in handler.body[:-1] for one in walk(before)):
        return None
    if module.lines[moved.lineno - 1][: moved.col_offset].strip():
        return None  # it stands behind something else on its line
    # Where the registration is in the `try`, too, it may not have been made yet.
    made = registrations(leak.handling)
    is_later = not any(module.within(one.call, tried.body) for one in made)
    is_known = not any(one in strange_changes(one.function, module) for one in made)
    parts = tuple(edits(handler, moved, tried, module))
    return Fix("Move it into `finally`", parts, is_later and is_known)


def edits(
    handler: ast.ExceptHandler, moved: ast.stmt, tried: ast.Try, module: Module
) -> Iterator[Edit]:
    """Take a handler's last statement away, and put it behind the `try`."""
    end = moved.end_lineno or moved.lineno
    indent, outer = indent_of(moved, module), indent_of(tried, module)
    rows = module.lines[moved.lineno - 1 : end]
    lines = ["finally:", *(f"{step(module)}{row.removeprefix(indent)}" for row in rows)]
    if len(handler.body) == 1:
        here = Span(moved.lineno, 1, end, len(rows[-1]) + 1)
        yield Edit(here, f"{indent}pass")
        yield lines_after(tried, lines, module)
    elif end == tried.end_lineno:
        text = "\n".join(f"{outer}{line}" for line in lines)
        yield Edit(Span(moved.lineno, 1, end, len(rows[-1]) + 1), text)
    else:
        yield Edit(Span(moved.lineno, 1, end + 1, 1), "")
        yield lines_after(tried, lines, module)


RULE = Rule(
    code="WSK301",
    name="cleanup-only-on-disconnect",
    severity="error",
    help="Take it out in a `finally`",
    explanation=__doc__ or "",
    find=find,
    fixes="safe",
)
