"""A loop that receives awaits slow work before it receives again.

While the handler works, uvicorn stops reading as soon as one more message waits, and with it the
pongs stay unread: a live client is closed with 1011 after the ping interval and timeout (40 s by
default). Whether the client is still there is noticed only when the work is done.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/render")
async def render(websocket: WebSocket):
    await websocket.accept()
    try:
        async for name in websocket.iter_text():
            await asyncio.sleep(60)
            await websocket.send_text(f"rendered {name}")
    except WebSocketDisconnect:
        pass
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/render")
async def render(websocket: WebSocket):
    await websocket.accept()

    async def work(name: str):
        await asyncio.sleep(60)
        await websocket.send_text(f"rendered {name}")

    try:
        async with asyncio.TaskGroup() as tasks:
            async for name in websocket.iter_text():
                tasks.create_task(work(name))
    except* WebSocketDisconnect:
        pass
```

Not reported: work in a task; work that a deadline of a few seconds ends; helpers in sight that wait
for nothing that lasts, however they are named; Holdfast's handlers, behind which everything is read
on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import FunctionNode, Loop, Module
from holdfast.check.facts.receiving import READS, callbacks, receiving_loops
from holdfast.check.facts.slow import slow_in
from holdfast.check.facts.sockets import uses
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find slow work in the loops that receive."""
    seen: set[ast.AST] = set()
    for block in receiving(module):
        for node, what in slow_in(block, module):
            if node not in seen and not is_read_beside(block, module):
                seen.add(node)
                message = f"While `{what}` is awaited nothing is received, not even pongs"
                yield Problem(node, message)
                break


def receiving(module: Module) -> Iterator[Loop | FunctionNode]:
    """Give the loops that receive, and the `on_receive` of Starlette's classes."""
    yield from (loop for loop, _ in receiving_loops(module))
    yield from (function for function, _ in callbacks(module))


def is_read_beside(block: Loop | FunctionNode, module: Module) -> bool:
    """Tell whether a task beside goes on receiving."""
    function = block if isinstance(block, FunctionNode) else module.function_of(block)
    if function is None:
        return False
    return any(one.concurrent and one.operation in READS for one in uses(function, module))


RULE = Rule(
    "WSK503",
    "slow-work-in-receive-loop",
    "warning",
    "Start a task for the work, and go on receiving",
    __doc__ or "",
    find,
)
