"""A broadcast sends to one client after the other, and the first who is gone ends it.

On uvicorn a send to a client that has left raises `WebSocketDisconnect`. The rest of the room gets
nothing, and the exception lands in the handler of whoever spoke: its `except WebSocketDisconnect`
takes it for its own client's leaving, and a healthy client is dropped. The next who speaks meets
the same dead client.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(text: str):
    for client in list(clients):
        await client.send_text(text)
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

Not reported: a send in a helper that catches what it raises; a loop that looks for one client and
sends to that; a loop over things that are no WebSockets; `asyncio.gather`, which has a rule of its
own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import has_long_text, indent_of, is_behind, step
from holdfast.check.code.module import Module
from holdfast.check.facts.broadcasts import Broadcast, broadcasts
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find the first send of each loop that no try stands around."""
    seen = set()
    for one in broadcasts(module):
        if one.gather is None and not one.guarded and one.loop not in seen:
            seen.add(one.loop)
            message = "The first client that is gone ends this broadcast for the rest"
            yield Problem(one.node, message, fix(one, module))


def fix(one: Broadcast, module: Module) -> Fix | None:
    """Catch what the send raises, and go on with the next; its own handler removes that client."""
    statement = module.statement_of(one.node)
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    lines = module.lines[first - 1 : last]
    is_alone = not is_behind(statement, module) and ";" not in lines[-1]
    if not isinstance(one.loop, ast.For | ast.While) or not is_alone or has_long_text(statement):
        return None
    indent, further = indent_of(statement, module), step(module)
    inner = "".join(f"{further if line else ''}{line}\n" for line in lines)
    text = f"{indent}try:\n{inner}{indent}except Exception:\n{indent}{further}continue"
    span = Span(first, 1, last, len(lines[-1]) + 1)
    return Fix("Go on with the next client", (Edit(span, text),), safe=False)


RULE = Rule(
    "WSK303",
    "unguarded-broadcast",
    "error",
    "Catch what each send raises, and drop that client",
    __doc__ or "",
    find,
    "unsafe",
)
