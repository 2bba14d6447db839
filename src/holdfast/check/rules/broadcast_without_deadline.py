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

from holdfast.check.code.edits import insert_after, insert_before, name_of_package
from holdfast.check.code.module import Module
from holdfast.check.facts.broadcasts import Broadcast, broadcasts
from holdfast.check.facts.deliveries import around
from holdfast.check.finding import Fix
from holdfast.check.flow.exceptions import caught_names
from holdfast.check.rules.rule import Problem, Rule

CATCHING = {"TimeoutError", "Exception", "BaseException", "OSError"}


def find(module: Module) -> Iterator[Problem]:
    """Find the first send of each loop, and each gather, that may wait for ever."""
    seen = set()
    for one in broadcasts(module):
        if not one.deadline and one.loop not in seen:
            seen.add(one.loop)
            message = "One client that stops reading stops this broadcast for everybody"
            yield Problem(one.node, message, fix(one, module))


def fix(one: Broadcast, module: Module) -> Fix | None:
    """Give a send a deadline, where what runs out is caught for this client alone."""
    if isinstance(one.node, ast.Await) and one.gather is None and is_caught(one, module):
        local, edits = name_of_package("asyncio", module)
        call = one.node.value
        edits.append(insert_before(call, f"{local}.wait_for(", module))
        edits.append(insert_after(call, ", timeout=5)", module))
        return Fix("Give each send 5 seconds", tuple(edits), safe=False)
    return None


def is_caught(one: Broadcast, module: Module) -> bool:
    """Tell whether a TimeoutError of one send goes no further than to its own try."""
    for outer, inner in around(one.node, one.loop, module):
        if isinstance(outer, ast.Try) and inner in outer.body:
            if any(CATCHING & caught_names(handler, module) for handler in outer.handlers):
                return True
    return False


RULE = Rule(
    "WSK306",
    "broadcast-without-deadline",
    "error",
    "Give each send a deadline, or each client a bounded queue; holdfast's publish needs neither",
    __doc__ or "",
    find,
    "unsafe",
)
