"""A cookie says who a client is, and nobody looks at the page that it comes from.

A browser sends its cookies with a WebSocket that any page opens, and no rule of the browser's keeps
that page from reading the answers. `CORSMiddleware` and `@app.middleware("http")` do not run for
WebSockets. So a page of anybody's speaks as whoever visits it.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
USERS = {"s3cret": "ada"}


@app.websocket("/ws")
async def account(websocket: WebSocket):
    user = USERS.get(websocket.cookies.get("session"))
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{user}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
```

Right:

```python
from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect

app = FastAPI()
USERS = {"s3cret": "ada"}
ORIGINS = {"https://app.example.com"}


@app.websocket("/ws")
async def account(websocket: WebSocket):
    if websocket.headers.get("origin") not in ORIGINS:
        raise HTTPException(403)
    user = USERS.get(websocket.cookies.get("session"))
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{user}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
```

Not reported: cookies that are no credentials, such as a theme; an endpoint that reads the Origin
header, or calls or depends on what does, as may its router; a program with a middleware that does;
Holdfast's handlers, whose Origin is checked, unless it was told `origins=["*"]`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.kinds import Made, inference
from holdfast.check.code.module import Module, walk
from holdfast.check.facts.origins import unguarded
from holdfast.check.facts.ours import HOLDFASTS
from holdfast.check.facts.security import found_reads, reads
from holdfast.check.rules.rule import Problem, Rule

CREDENTIALS = re.compile(
    r"sess|(?:^|[._-])sid(?:[._-]|$)|token|jwt|auth|user|login|credential|account|identity|remember|api_?key"
    r"|member|(?:^|_)uid(?:_|$)|ticket|bearer|secret"
    # What a setting is called whose value is not in sight, and that of the only cookie there is.
    r"|^cookie(?:_name|_key|_id)?$",
    re.IGNORECASE,
)
# Of a login that is under way, or against forgery.
OTHERS = re.compile(r"state|csrf|xsrf|nonce|verifier", re.IGNORECASE)


def find(module: Module) -> Iterator[Problem]:
    """Find the cookies that are read for endpoints of which nobody checks the Origin."""
    if not any(is_credential(one.of, one.name) for one in reads(module)):
        return
    seen: set[ast.AST] = set()
    for root in unguarded(module):
        for read in found_reads(root.starts, module):
            if not is_credential(read.of, read.name) or read.where in seen:
                continue
            seen.add(read.where)
            if not read.ours or is_open(module):
                message = f"`{read.name}` comes along from any page: nobody checks the Origin"
                yield Problem(read.where, message)


def is_credential(of: str, name: str) -> bool:
    """Tell whether a value is a cookie's, by itself or in a session, and may say who that is."""
    if of == "cookies":
        return CREDENTIALS.search(name) is not None and not OTHERS.search(name)
    return of == "session" or (of == "headers" and name.lower() == "cookie")


def is_open(module: Module) -> bool:
    """Tell whether a Holdfast of this file was told to let all origins in."""
    infer = inference(module)
    for call in module.every(ast.Call):
        kind = infer.kind(call, module)
        if isinstance(kind, Made) and kind.name in HOLDFASTS:
            for keyword in call.keywords:
                if keyword.arg == "origins" and has_star(keyword.value):
                    return True
    return False


def has_star(node: ast.expr) -> bool:
    """Tell whether a list has `"*"` in it."""
    return any(isinstance(one, ast.Constant) and one.value == "*" for one in walk(node))


RULE = Rule(
    "WSK701",
    "cookie-auth-without-origin-check",
    "warning",
    "Compare the Origin header with a list of your own pages",
    __doc__ or "",
    find,
)
