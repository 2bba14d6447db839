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

from holdfast.check.flow import Event, Trace
from holdfast.check.module import Module
from holdfast.check.rules.rule import Problem, Rule
from holdfast.check.ways import guards, place, ways


def find(module: Module) -> Iterator[Problem]:
    """Find accepts on ways that have passed one."""
    seen: set[ast.AST] = set()
    for way in ways(module):
        for event in way.trace.of("accept"):
            if not any(one.accepted and one.closed is False for one in event.states):
                continue
            where = where_of(event, way.trace, module)
            is_guarded = any(guards(event.inner, {"RuntimeError"}, event.module))
            if where not in seen and not is_guarded and not event.concurrent:
                seen.add(where)
                yield Problem(where, "This WebSocket is accepted already; a second accept raises")


def where_of(event: Event, found: Trace, module: Module) -> ast.AST:
    """Blame a helper's line if the helper itself accepts twice, and its call otherwise."""
    both = [one for one in found.of("accept") if one.node is event.node]
    return place(event, module) if len(both) > 1 else event.node


RULE = Rule("WSK110", "double-accept", "error", "Accept in exactly one place", __doc__ or "", find)
