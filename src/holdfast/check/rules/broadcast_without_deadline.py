"""A broadcast waits for each client, and one that stops reading stops it for everybody.

A suspended laptop is enough: once the buffers are full, the send waits for as long as the client
stays. Keepalive does not end this on uvicorn: closing the connection waits for the very bytes that
cannot be sent. `asyncio.gather` waits for the slowest just the same.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(text: str):
    for client in list(clients):
        try:
            await client.send_text(text)
        except Exception:
            clients.discard(client)
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(text: str):
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), timeout=5)
        except Exception:
            clients.discard(client)
```

Not reported: a send within `wait_for`, `timeout` or `move_on_after`, in the loop or in a helper; a
loop that looks for one client and sends to that; a loop over things that are no WebSockets; a put
into a queue per client.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.broadcasts import Broadcast, broadcasts
from holdfast.check.deliveries import guards
from holdfast.check.edits import insert_after, insert_before
from holdfast.check.finding import Edit, Fix
from holdfast.check.module import Module
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find the first send of each loop, and each gather, that may wait for ever."""
    seen = set()
    for one in broadcasts(module):
        if not one.deadline and one.loop not in seen:
            seen.add(one.loop)
            message = "One client that stops reading stops this broadcast for everybody"
            yield Problem(one.node, message)


RULE = Rule(
    "WSK306",
    "broadcast-without-deadline",
    "error",
    "Give each send a deadline, or each client a bounded queue; holdfast's publish needs neither",
    __doc__ or "",
    find,
)
