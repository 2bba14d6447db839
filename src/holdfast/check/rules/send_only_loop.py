"""An endpoint sends in an endless loop, and nothing reads from the client.

A disconnect is a message that somebody has to receive. Without a receive the loop does not notice
that the client is gone: Hypercorn and Granian drop what is sent to it in silence, so the loop runs
for ever, with `except WebSocketDisconnect` or without; Daphne cancels it after 10 s; Uvicorn raises
`WebSocketDisconnect` at the next send.

Uvicorn, in turn, kills clients that are alive. It reads no further while one message waits unread,
so it sees no pong after the client has said anything, and closes with 1011 "keepalive ping timeout"
(40 s after that by default).

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/time")
async def tell_time(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text("tick")
            await asyncio.sleep(1)
    except WebSocketDisconnect:
        pass
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def send_time(websocket: WebSocket):
    try:
        while True:
            await websocket.send_text("tick")
            await asyncio.sleep(1)
    except WebSocketDisconnect:
        pass


@app.websocket("/time")
async def tell_time(websocket: WebSocket):
    await websocket.accept()
    sender = asyncio.create_task(send_time(websocket))
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        sender.cancel()
```

Not reported: a loop beside which a task or the endpoint itself receives; a loop with an end of its
own; an endpoint whose WebSocket is handed to something unknown, which may read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import Loop, Module
from holdfast.check.facts.flags import is_held, may_be_held, serving
from holdfast.check.facts.loops import head, is_endless
from holdfast.check.facts.unread import sends_in, unread_loops
from holdfast.check.facts.waits import waits_unheard
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find the endless loops that send, and beside which nobody reads."""
    seen: set[ast.AST] = set()
    for loop, visit, conversation in unread_loops(module, may_go_on):
        if not is_endless(loop, module) and not is_held(loop, module, serving(conversation)):
            continue
        if any(waits_unheard(loop, visit)):
            continue
        call = next(sends_in(loop, visit), None)
        if call is not None and call not in seen:
            seen.add(call)
            yield Problem(
                head(loop, module),
                "Nothing receives while this loop sends: it does not see that the client has left,"
                " and Uvicorn ends the connection of one that speaks",
            )


def may_go_on(loop: Loop, module: Module) -> bool:
    """Tell, by its form alone, whether a loop may last for as long as the server."""
    return is_endless(loop, module) or may_be_held(loop, module)


RULE = Rule(
    "WSK202",
    "send-only-loop",
    "error",
    "Receive in a task beside the loop, and end both when one ends",
    __doc__ or "",
    find,
)
