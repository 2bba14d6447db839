"""An endpoint waits for events in a loop, and nothing reads from the client.

While it is blocked in `queue.get()`, or on a topic on which nothing is published, the endpoint does
not learn that the client has left: on every server it lives until the next event, for ever on a
quiet topic, with all that it has registered. Uvicorn's shutdown hangs at "Waiting for background
tasks to complete" until it is killed.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
events: asyncio.Queue[str] = asyncio.Queue(maxsize=100)


@app.websocket("/events")
async def send_events(websocket: WebSocket):
    await websocket.accept()
    while True:
        event = await events.get()
        await websocket.send_text(event)
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
events: asyncio.Queue[str] = asyncio.Queue(maxsize=100)


async def send_events(websocket: WebSocket):
    try:
        while True:
            await websocket.send_text(await events.get())
    except WebSocketDisconnect:
        pass


@app.websocket("/events")
async def serve_events(websocket: WebSocket):
    await websocket.accept()
    sender = asyncio.create_task(send_events(websocket))
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        sender.cancel()
```

Not reported: a loop beside which somebody receives; a wait with a timeout after which something is
sent, or the client is asked for; a wait between two messages of the client.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import Loop, Module
from holdfast.check.facts.loops import is_endless, is_wait
from holdfast.check.facts.unread import is_unread, reading, sends_in, unread_loops
from holdfast.check.facts.visits import Visit, conversations
from holdfast.check.facts.waits import awaited_futures, is_own, parked, waits_unheard
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = "Nothing receives while this waits: a client that leaves is not noticed"


def find(module: Module) -> Iterator[Problem]:
    """Find the waits of endless loops, and those for what never comes, with nobody reading."""
    found: dict[ast.AST, None] = {}
    for loop, visit, _ in unread_loops(module, may_wait):
        waits = list(waits_unheard(loop, visit))
        if not is_endless(loop, module):
            # A queue of its own is filled by a task of its own, which comes to an end.
            foreign = [one for one in waits if not is_own(one, visit.function, module)]
            waits = foreign if any(sends_in(loop, visit)) else []
        found.update(dict.fromkeys(waits[:1]))
    for conversation in conversations(module):
        is_silent = not any(reading(one) for one in conversation.visits)
        for visit in conversation.visits:
            if visit.module is module and not visit.concurrent:
                futures = awaited_futures(visit) if is_silent and not is_looped(visit) else ()
                for node in (*parked(visit), *futures):
                    if is_unread(node, visit, conversation):
                        found[node] = None
    yield from (Problem(node, MESSAGE) for node in found)


def is_looped(visit: Visit) -> bool:
    """Tell whether a loop waits for what a function waits for, and is what is reported."""
    return any(
        caller.module.loop_of(step.node) is not None and is_wait(step.node, caller.module)
        for step, caller in visit.callers
    )


def may_wait(loop: Loop, module: Module) -> bool:
    """Tell whether a loop may last for ever."""
    return isinstance(loop, ast.While) or is_endless(loop, module)


RULE = Rule(
    "WSK203",
    "wait-without-receive",
    "error",
    "Receive in a task beside it, and end both when one ends",
    __doc__ or "",
    find,
)
