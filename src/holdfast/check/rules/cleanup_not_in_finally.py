"""A connection is taken out of its registry under `except Exception`, and not in a `finally`.

A task that is cancelled ends with `CancelledError`, which is no `Exception`: the connection stays
in the registry. Handlers are cancelled by a server that has waited long enough for them to stop, by
daphne ten seconds after the client left, and by task groups and deadlines around them.

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
    except Exception:
        clients.discard(websocket)
        raise
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
that cleans up; a handler for `BaseException` or `CancelledError` that does the same. Where every
other exception passes by the clean-up, too, that is WSK301.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.check.code.module import Module, own_nodes
from holdfast.check.facts.cleanup import COVERED, ERROR, Handling, Tries
from holdfast.check.facts.leaks import leaks, wording
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find functions whose clean-up a cancelled task passes by."""
    for leak in leaks(module):
        if leak.ways[ERROR] == COVERED and not (leak.handler is None and is_finally(leak.handling)):
            yield Problem(leak.removal, f"{wording(leak)} if the task is not cancelled")


def is_finally(handling: Handling) -> bool:
    """Tell whether a `finally` cleans up: then only what is awaited before its `try` is outside."""
    tries = (one for one in own_nodes(handling.function) if isinstance(one, Tries))
    return any(any(map(handling.removes, one.finalbody)) for one in tries)


RULE = Rule(
    code="WSK314",
    name="cleanup-not-in-finally",
    severity="warning",
    help="Take it out in a `finally`",
    explanation=__doc__ or "",
    find=find,
)
