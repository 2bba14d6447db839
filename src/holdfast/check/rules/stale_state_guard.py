"""A loop that does not receive looks at `client_state` to see whether the client is there.

Starlette changes `client_state` in one place: where `receive()` is given the disconnect. Without a
receive it stays CONNECTED after the client has left. (`application_state` tells what the
application itself has done.) A loop that does not send never ends, on any server; one that sends is
ended by the exception of a send on Uvicorn, and by nothing on Hypercorn and Granian.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket
from fastapi.websockets import WebSocketState

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def join(websocket: WebSocket):
    await websocket.accept()
    clients.add(websocket)
    while websocket.client_state == WebSocketState.CONNECTED:
        await asyncio.sleep(1)
    clients.discard(websocket)
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def join(websocket: WebSocket):
    await websocket.accept()
    clients.add(websocket)
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        clients.discard(websocket)
```

A helper that nobody calls is looked at by itself, where no file of the program reads.

Not reported: a loop that receives, or beside which somebody receives; a look at the state before
something is done once; `application_state` beside a send whose error is swallowed: that changes it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import Module
from holdfast.check.facts.handling import DISCONNECT, exits, inside, is_caught
from holdfast.check.facts.loops import loops, reads_state
from holdfast.check.facts.sockets import operation
from holdfast.check.facts.unread import is_unread, lone_helpers
from holdfast.check.facts.visits import conversations
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = "Only a receive changes this state, and nothing receives: it stays what it is"


def find(module: Module) -> Iterator[Problem]:
    """Find conditions of loops on a state that nobody changes."""
    seen: set[ast.AST] = set()
    for conversation in [*conversations(module), *lone_helpers(module)]:
        for visit in conversation.visits:
            for loop in loops(visit.function) if visit.module is module else ():
                if isinstance(loop, ast.While) and loop not in seen:
                    found = list(guards(loop, module))
                    if (
                        found
                        and not is_changed(loop, found, module)
                        and is_unread(loop, visit, conversation)
                    ):
                        seen.add(loop)
                        yield Problem(found[0], MESSAGE)


def is_changed(loop: ast.While, found: list[ast.expr], module: Module) -> bool:
    """Tell whether a send in the loop, whose error is swallowed, changes the state looked at."""
    if any(not isinstance(one, ast.Attribute) or one.attr == "client_state" for one in found):
        return False
    return any(
        operation(node, module) == "send" and is_caught(node, DISCONNECT, module)
        for node in inside(loop.body)
    )


def guards(loop: ast.While, module: Module) -> Iterator[ast.expr]:
    """Give the looks at a state that decide whether a loop goes on."""
    if found := reads_state(loop.test, module):
        yield found
    for statement in loop.body:
        if isinstance(statement, ast.If) and any(exits(statement.body, loop, module)):
            if found := reads_state(statement.test, module):
                yield found


RULE = Rule(
    "WSK210",
    "stale-state-guard",
    "warning",
    "Receive in a task beside the loop, and end the loop when that has ended",
    __doc__ or "",
    find,
)
