"""A database session of a dependency stays open for as long as its client is connected.

What a dependency yields is closed when the endpoint returns, and that is when the client leaves.
Three idle clients hold three sessions; with a pool of five, the sixth client, and every HTTP
request that needs the database, waits until one of them goes.

Wrong:

```python
from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

app = FastAPI()
SessionLocal = sessionmaker(create_engine("sqlite://"))


def get_db():
    with SessionLocal() as db:
        yield db


@app.websocket("/ws")
async def notes(websocket: WebSocket, db: Session = Depends(get_db)):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

app = FastAPI()
sessions = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))


@app.websocket("/ws")
async def notes(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            async with sessions() as db:
                await db.execute(text)
    except WebSocketDisconnect:
        pass
```

Not reported: a dependency that closes its session before it yields, or yields something else; one
that gives a factory; an endpoint that is over at once, or that closes the session itself before it
waits for messages. Holdfast's `Endpoint` resolves dependencies for each message, and
`conn.scope(get_db)` for a block.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.kinds import Made, inference
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, parameters
from holdfast.check.facts.dbsessions import SESSIONS, gives_session
from holdfast.check.facts.dependencies import depends, provided
from holdfast.check.facts.served import Served, needs, served
from holdfast.check.facts.sockets import given, is_harmless, is_socket, operation
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find sessions among what the endpoints of a file depend on."""
    seen: set[ast.AST] = set()
    for one in served(module):
        if not lasts(one, module):
            continue
        for need in needs(one, module):
            if need.named in seen or is_closed_first(need.named, one.function, module):
                continue
            if gives_session(need):
                seen.add(need.named)
                yield Problem(need.named, message(need.function.name))
        for parameter, name in unknown_sessions(one.function, module):
            if parameter not in seen and not is_closed_first(parameter, one.function, module):
                seen.add(parameter)
                yield Problem(parameter, message(name))


def message(name: str) -> str:
    """Say what stays open."""
    return f"What `{name}` opens stays open until the client leaves"


def unknown_sessions(function: FunctionNode, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Find parameters with a session's type, of a dependency that the project does not define."""
    infer = inference(module)
    for parameter, default in parameters(function):
        for call, annotation, where in depends(parameter, default, module):
            if not call.args or provided(call, annotation, where):
                continue
            kind = infer.annotation(annotation, where) if annotation else None
            if isinstance(kind, Made) and SESSIONS.fullmatch(kind.name):
                yield parameter, ast.unparse(call.args[0])


def is_closed_first(parameter: ast.AST, function: FunctionNode, module: Module) -> bool:
    """Tell whether an endpoint itself closes what it is given, before it waits in a loop."""
    if not isinstance(parameter, ast.arg):
        return False
    for statement in function.body:
        if any(isinstance(one, Loop) for one in (statement, *own_nodes(statement))):
            return False
        call = statement.value if isinstance(statement, ast.Expr) else None
        match call.value if isinstance(call, ast.Await) else call:
            case ast.Call(func=ast.Attribute(attr="close" | "aclose", value=ast.Name(id=name))):
                if name == parameter.arg:
                    return True
    return False


def lasts(one: Served, module: Module) -> bool:
    """Tell whether a connection may last: its endpoint has a loop, or hands the socket on."""
    if one.by == "holdfast":
        return True
    for node in own_nodes(one.function):
        if isinstance(node, Loop):
            return True
        if isinstance(node, ast.Call) and not is_harmless(node, module):
            if any(is_socket(value, module) for value in given(node)):
                return True
            if operation(node, module) in {"receive", "raw_receive", "iterate"}:
                return True
    return False


RULE = Rule(
    "WSK502",
    "connection-scoped-db-session",
    "warning",
    "Open a session for each message",
    __doc__ or "",
    find,
)
