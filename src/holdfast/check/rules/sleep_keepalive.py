"""An endpoint keeps its connection open by sleeping in a loop.

Sleep does not notice that the client is gone. The loop never ends, on any server: the task, the
WebSocket and what is registered stay for ever, an `except WebSocketDisconnect` around it never
runs, and Uvicorn's shutdown hangs.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def join(websocket: WebSocket):
    await websocket.accept()
    clients.add(websocket)
    try:
        while True:
            await asyncio.sleep(30)
    except WebSocketDisconnect:
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

Not reported: a loop that also sends or receives, or beside which somebody receives; a task in the
background; a loop that waits for something else than the client's end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.edits import replace
from holdfast.check.code.module import Loop, Module, own_nodes
from holdfast.check.facts.disconnects import is_generator
from holdfast.check.facts.flags import asks_for_member, is_held, serving
from holdfast.check.facts.handling import DISCONNECT, inside, is_caught
from holdfast.check.facts.loops import awaited_in, is_endless, is_sleep, ways_out
from holdfast.check.facts.unread import sends_in, unread_loops
from holdfast.check.facts.visits import Conversation, Visit
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.rules.rule import Problem, Rule

# What says of a connection, or of the server, that it is there, and of no work that it is done.
HOLDS = re.compile(
    r"(self\.|\w+\.)*_?(is_)?(running|active|alive|connected|open|online|serving|keep_?alive)"
    r"|not (self\.|\w+\.)*_?(is_)?(stopp?(ed|ing)?|clos(ed|ing)|shutdown|shutting_down)"
    r"(_event)?(\.is_set\(\))?"
)
# What may stand between the test of a loop and its colon.
BRACKETS = re.compile(r"[ )]*(?=:)")


def find(module: Module) -> Iterator[Problem]:
    """Find endless loops of an endpoint that await nothing but sleep, with nobody reading."""
    for loop, visit, conversation in unread_loops(module, may_hold):
        waits = list(awaited_in(loop))
        if visit.concurrent or not isinstance(loop, ast.While) or is_generator(visit.function):
            continue
        if not is_endless(loop, module) and says_more(loop, visit):
            continue
        if asks_for_member(loop) and not is_held(loop, module, serving(conversation)):
            continue
        if waits and all(is_sleep(one, module) for one in waits):
            message = "Sleep does not notice that the client is gone, so this loop never ends"
            yield Problem(waits[0], message, fix(loop, waits[0], visit, conversation))


def may_hold(loop: Loop, module: Module) -> bool:
    """Tell whether a loop is endless, or goes on as long as a flag that is not its own says so."""
    if is_endless(loop, module) or asks_for_member(loop):
        return True
    if not isinstance(loop, ast.While) or any(ways_out(loop, module)):
        return False
    test = ast.unparse(loop.test)
    stored = (one for one in inside(loop.body) if isinstance(one, ast.Name | ast.Attribute))
    is_changed = any(isinstance(one.ctx, ast.Store) and ast.unparse(one) in test for one in stored)
    return HOLDS.fullmatch(test) is not None and not is_changed


def says_more(place: ast.AST, visit: Visit, depth: int = 3) -> bool:
    """Tell whether a client is sent anything after a place: then it was something else's end."""
    row = getattr(place, "end_lineno", 0)
    nodes = (one for one in own_nodes(visit.function) if getattr(one, "lineno", 0) > row)
    if any(isinstance(one, ast.stmt) and any(sends_in(one, visit)) for one in nodes):
        return True
    return depth > 0 and any(says_more(one.node, up, depth - 1) for one, up in visit.callers)


def fix(loop: Loop, sleep: ast.AST, visit: Visit, conversation: Conversation) -> Fix | None:
    """Read instead, where the loop does nothing but sleep."""
    module, name = visit.module, conversation.socket
    if len(loop.body) > 1 or visit is not conversation.root or not name:
        return None
    if is_caught(loop, DISCONNECT, module):
        # What handles the end relies on an exception, which the iterators do not raise.
        edits = [replace(sleep, f"await {name}.receive_text()", module)]
    elif loop.orelse:
        return None
    else:
        edits = rewritten(loop, sleep, name, module)
    if not edits:
        return None
    return Fix("Read until the client is gone", tuple(edits))


def rewritten(loop: Loop, sleep: ast.AST, name: str, module: Module) -> list[Edit]:
    """Make the loop one over what the client sends; nothing where its head has odd lines."""
    assert isinstance(loop, ast.While)
    head, test = module.span(loop), module.span(loop.test)
    rest = BRACKETS.match(module.lines[test.end_row - 1][test.end_column - 1 :])
    if rest is None:
        return []
    end = test.end_column + rest.end()
    return [
        Edit(Span(head.row, head.column, test.end_row, end), f"async for _ in {name}.iter_text()"),
        replace(sleep, "pass", module),
    ]


RULE = Rule(
    "WSK204",
    "sleep-keepalive",
    "error",
    "Read until the client is gone: `async for _ in websocket.iter_text(): pass`",
    __doc__ or "",
    find,
    "safe",
)
