"""A WebSocket is accepted twice.

The second `accept()` raises `RuntimeError: Expected ASGI message "websocket.send" or
"websocket.close", but got 'websocket.accept'`, and the client's connection breaks off (1006).
Mostly a manager's `connect()` accepts, and the endpoint does as well.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
active: set[WebSocket] = set()


async def connect(websocket: WebSocket):
    await websocket.accept()
    active.add(websocket)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await connect(websocket)
    try:
        async for text in websocket.iter_text():
            print(text)
    finally:
        active.discard(websocket)
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
active: set[WebSocket] = set()


async def connect(websocket: WebSocket):
    await websocket.accept()
    active.add(websocket)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await connect(websocket)
    try:
        async for text in websocket.iter_text():
            print(text)
    finally:
        active.discard(websocket)
```

Not reported: branches of which only one is taken; a helper that accepts only what is not accepted
yet, or of which the text is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import Module, walk
from holdfast.check.facts.ways import Place, Way, guards, inner_place, outer_place, ways_through
from holdfast.check.flow import Event
from holdfast.check.rules.rule import Problem, Rule

TALKS = (ast.Await, ast.AsyncFor, ast.AsyncWith)


def find(module: Module) -> Iterator[Problem]:
    """Find accepts on ways that have passed one."""
    seen: set[ast.AST] = set()
    for way in ways_through(module):
        for event in way.trace.of("accept"):
            where, owner = place(event, way)
            if owner is not module or where in seen or not is_second(event):
                continue
            seen.add(where)
            yield Problem(where, "This WebSocket is accepted already; a second accept raises")


def is_second(event: Event) -> bool:
    """Tell whether an accept may come after another one, and nothing expects its error."""
    return (
        any(one.accepted and one.closed is False for one in event.states)
        and not event.concurrent
        and not any(map(is_for_accept, guards(event.inner, {"RuntimeError"}, event.module)))
    )


def is_for_accept(guard: ast.stmt) -> bool:
    """Tell whether what catches stands around little else: then it is meant for the accept."""
    nodes = (node for one in getattr(guard, "body", []) for node in walk(one))
    return len([one for one in nodes if isinstance(one, TALKS)]) < 2


def place(event: Event, way: Way) -> Place:
    """Blame a helper's line if the helper itself accepts twice, and its call otherwise."""
    both = [one for one in way.trace.of("accept") if one.node is event.node]
    return inner_place(event) if len(both) > 1 else outer_place(event, way)


RULE = Rule("WSK110", "double-accept", "error", "Accept in exactly one place", __doc__ or "", find)
