"""A handler of Holdfast receives from, accepts or closes the WebSocket beside its Connection.

Holdfast accepts the connection and always reads it. What `websocket.receive_text()` gets, the
connection misses, and the other way round: messages are lost, on Holdfast's own server all of
them. A second `accept()` raises, and the client is closed with 1011.

Wrong:

```python
from fastapi import FastAPI, WebSocket
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str], websocket: WebSocket) -> None:
    while True:
        await conn.send(await websocket.receive_text())
```

Right:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)
```

Not reported: headers, cookies and the like that are read from the WebSocket; plain
`@app.websocket` endpoints, and `holdfast.compat`, which is made for them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import Module
from holdfast.check.facts.ours import Handler, concerned, handlers
from holdfast.check.facts.sockets import Use, uses
from holdfast.check.rules.rule import Problem, Rule

TAKES = {"accept", "close", "iterate", "raw_receive", "receive"}


def find(module: Module) -> Iterator[Problem]:
    """Find what Holdfast's handlers do with a WebSocket."""
    if not concerned(module):
        return
    seen: set[ast.AST] = set()
    for handler in handlers(module):
        for use in taken(handler, module):
            where = use.inner if use.module is module else use.call
            if where not in seen:
                seen.add(where)
                yield Problem(where, message(use))


def taken(handler: Handler, module: Module) -> list[Use]:
    """Give the uses that get into Holdfast's way."""
    if handler.how not in {"websocket", "endpoint"}:
        return []
    found = uses(handler.function, module)
    return [one for one in found if one.operation in TAKES and not one.peer]


def message(use: Use) -> str:
    """Say what happens."""
    name = ast.unparse(use.inner.func)
    if use.operation == "accept":
        return f"`{name}()` accepts what Holdfast has accepted, and raises"
    if use.operation == "close":
        return f"`{name}()` closes behind Holdfast's back: write `await conn.close(...)`"
    return f"`{name}()` takes messages that Holdfast reads for the Connection: they are lost"


RULE = Rule(
    "WSK905",
    "websocket-beside-connection",
    "error",
    "Use the Connection alone: `async for message in conn`",
    __doc__ or "",
    find,
)
