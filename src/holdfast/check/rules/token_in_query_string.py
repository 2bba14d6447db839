"""A token travels in the query string.

Query strings stand in the logs of servers and proxies, in the browser's history and in error
reports: uvicorn itself logs the whole path of each handshake. Browsers can set no header on a
WebSocket; what is left is a cookie, the list of subprotocols, the first message, or a ticket that
is worth nothing a few seconds later.

Wrong:

```python
from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def account(websocket: WebSocket, token: str = Query(...)):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{token[:2]}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def account(websocket: WebSocket):
    await websocket.accept()
    try:
        token = await websocket.receive_text()
        while True:
            await websocket.send_text(f"{token[:2]}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
```

Not reported: tokens of paths, headers, cookies and messages; HTTP endpoints; `ticket`, `page_token`
and the like, which are no credentials.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.module import Module
from holdfast.check.facts.security import reads
from holdfast.check.rules.rule import Problem, Rule

TOKENS = re.compile(
    r"(?:(?:access|auth|id|api|user|session|ws|websocket|bearer|jwt|refresh|login|client|admin|app"
    r"|x|x_?api|secret|stream|connection|auth_?session)_?)?(?:token|jwt)(?:_?str|_?id|_?query)?"
    r"|(?:x_?)?(?:api|auth|access|secret|app)_?key|password|passwd|(?:(?:client|api|app|admin)_?)?secret"
    r"|authorization|bearer|credentials?",
    re.IGNORECASE,
)


def find(module: Module) -> Iterator[Problem]:
    """Find query parameters with the name of a credential."""
    seen: set[ast.AST | None] = set()
    for read in reads(module):
        is_token = TOKENS.fullmatch(read.name.replace("-", "_"))
        around = module.function_of(read.where)
        if is_token and read.of in {"query", "plain"} and around not in seen:
            seen.add(around)
            message = f"`{read.name}` stands in the query string, and so in every log on its way"
            yield Problem(read.where, message)


RULE = Rule(
    "WSK702",
    "token-in-query-string",
    "info",
    "Take it from a cookie, the subprotocol or the first message",
    __doc__ or "",
    find,
)
