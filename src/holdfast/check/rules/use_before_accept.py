"""A WebSocket is sent to, or read, before it is accepted.

A send raises `RuntimeError: Expected ASGI message "websocket.accept", ...`, a receive
`WebSocketDisconnected: WebSocket is not connected. Need to call "accept" first.` Nobody catches
either, and uvicorn answers the handshake with HTTP 500.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def greet(websocket: WebSocket):
    await websocket.send_text("welcome")
    await websocket.accept()
    await websocket.close()
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def greet(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("welcome")
    await websocket.close()
```

Not reported: a socket that was given to something unknown before, which may have accepted it, be it
a helper, a decorator or a dependency; a raw `receive()`, which may stand before `accept()`; a
handler of errors around the `accept()` itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import Module
from holdfast.check.facts.sockets import uses
from holdfast.check.facts.ways import (
    Place,
    Way,
    after_failed_accept,
    dependency_ways,
    inner_place,
    outer_place,
    was_handed_on,
    ways_through,
)
from holdfast.check.flow import Event, State
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find sends and receives on ways that have not passed an accept."""
    seen: set[ast.AST] = set()
    for way in (*ways_through(module), *dependency_ways(module)):
        for event in way.trace.of("send", "receive", "iterate"):
            where, owner = place(event, way)
            if owner is not module or where in seen or not any(map(is_early, event.states)):
                continue
            if was_handed_on(event, way) or after_failed_accept(event, way):
                continue
            if event.concurrent and any(True for _ in way.trace.of("accept", "escape")):
                continue  # a task may wait until another one accepts
            seen.add(where)
            yield Problem(where, f"{what(event)} before the WebSocket is accepted")


def is_early(state: State) -> bool:
    """Tell whether nobody has accepted, for sure."""
    return state.accepted is False and state.closed is False and not state.gone


def place(event: Event, way: Way) -> Place:
    """Blame a helper's line if the helper accepts, only too late, and its call otherwise."""
    in_helper = uses(event.function, event.module) if event.inner is not event.node else []
    accepts_too = any(one.operation == "accept" for one in in_helper)
    return inner_place(event) if accepts_too else outer_place(event, way)


def what(event: Event) -> str:
    """Say what is done too early."""
    if event.inner is not event.node or not isinstance(event.inner, ast.Call):
        return "This sends or receives"
    return f"`{ast.unparse(event.inner.func)}()` is called"


RULE = Rule(
    "WSK109",
    "use-before-accept",
    "error",
    "Call `await websocket.accept()` first",
    __doc__ or "",
    find,
)
