"""A call blocks the event loop while a WebSocket is served.

For as long as it takes, nothing else happens in the process: no other client is served, no HTTP
request answered, no ping sent or answered. Whoever has waited too long for a pong is closed with
1011. A `time.sleep(2)` in one endpoint keeps everybody waiting for two seconds.

Wrong:

```python
import time

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            time.sleep(1)
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await asyncio.sleep(1)
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
```

Not reported: what is awaited; what is handed to `asyncio.to_thread`, `run_in_executor` or a
`Thread`; `def` endpoints and dependencies, which FastAPI runs in threads; HTTP endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.check.code.module import Module
from holdfast.check.facts.blocking import blocking_calls
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find blocking calls in the coroutines that serve WebSockets, and in what they call."""
    seen: set[int] = set()
    for call, name, files in blocking_calls(module):
        row = module.statement_of(call).lineno
        if row not in seen:
            seen.add(row)
            where = f" (in {files[0]})" if files else ""
            yield Problem(call, f"`{name}`{where} blocks the event loop and every connection on it")


RULE = Rule(
    "WSK501",
    "blocking-call-in-endpoint",
    "error",
    "Use a library for asyncio, or `await asyncio.to_thread(...)`",
    __doc__ or "",
    find,
)
