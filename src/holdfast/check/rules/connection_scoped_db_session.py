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
that gives a factory; an endpoint that is over at once. Holdfast's `Endpoint` resolves dependencies
for each message, and `conn.scope(get_db)` for a block.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.dependencies import Dependency, depends, provided
from holdfast.check.kinds import Function, Instance, Kind, Made
from holdfast.check.module import FunctionNode, Loop, Module, own_nodes, parameters
from holdfast.check.rules.rule import Problem, Rule
from holdfast.check.served import Served, needs, served
from holdfast.check.sockets import given, is_harmless, is_socket, operation

SESSIONS = re.compile(
    r"(?:sqlalchemy|sqlmodel)\.(?:\w+\.)*(?:Async)?(?:Session|Connection)"
    r"|(?:asyncpg|psycopg|aiomysql|aiosqlite)\.(?:\w+\.)*\w*[cC]onnection"
)
# How a session, or what it comes from, is called.
LIKELY = re.compile(
    r"(?:^|_)(?:db|dbs|database|session|sessions|sess|conn|connection|cursor|tx|transaction|uow"
    r"|unit_of_work|pool|engine)(?:_|$|\d)|Session|Database|Connection|Cursor",
)
CLOSES = {"close", "aclose", "release", "rollback", "dispose", "remove", "commit", "disconnect"}
FACTORY = re.compile(r"maker|factory|Factory|Maker|sessions$")


def find(module: Module) -> Iterator[Problem]:
    """Find sessions among what the endpoints of a file depend on."""
    seen: set[ast.AST] = set()
    for one in served(module):
        if not lasts(one, module):
            continue
        for need in needs(one, module):
            if need.named not in seen and gives_session(need):
                seen.add(need.named)
                yield Problem(need.named, message(need.function.name))
        for parameter, name in unknown_sessions(one.function, module):
            if parameter not in seen:
                seen.add(parameter)
                yield Problem(parameter, message(name))


def message(name: str) -> str:
    """Say what stays open."""
    return f"What `{name}` opens stays open until the client leaves"


def unknown_sessions(function: FunctionNode, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Find parameters with a session's type, of a dependency that the project does not define."""
    infer = module.project.inference
    for parameter, default in parameters(function):
        for call, annotation, where in depends(parameter, default, module):
            if not call.args or provided(call, annotation, where):
                continue
            kind = infer.annotation(annotation, where) if annotation else None
            if isinstance(kind, Made) and SESSIONS.fullmatch(kind.name):
                yield parameter, ast.unparse(call.args[0])


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


def gives_session(need: Dependency) -> bool:
    """Tell whether a dependency gives a session that it keeps open."""
    function = need.function
    yields = [one for one in own_nodes(function.node) if isinstance(one, ast.Yield)]
    if yields:
        return any(is_held(one, function) for one in yields) and is_session(need, yields[0])
    return returns_session(function)


def is_held(node: ast.Yield, function: Function) -> bool:
    """Tell whether something is open while a generator waits at its yield."""
    statement = function.module.statement_of(node)
    block = function.module.block_of(statement)
    after = block[block.index(statement) + 1 :] if statement in block else []
    if any(closes(one) for one in after):
        return True
    return any(closes_after(parent, node, function) for parent in around(node, function))


def around(node: ast.AST, function: Function) -> Iterator[ast.AST]:
    """Give the blocks of a function that a node is in."""
    for parent in function.module.ancestors(node):
        if parent is function.node:
            return
        yield parent


def closes_after(parent: ast.AST, node: ast.Yield, function: Function) -> bool:
    """Tell whether a block closes something when the yield in it is over."""
    if isinstance(parent, ast.With | ast.AsyncWith):
        return any(
            is_same(item.optional_vars, node.value)
            or of_session(item.context_expr, function.module)
            for item in parent.items
        )
    if isinstance(parent, ast.Try) and not function.module.within(node, parent.finalbody):
        return any(closes(one) for one in parent.finalbody)
    return False


def closes(statement: ast.stmt) -> bool:
    """Tell whether a statement closes something."""
    calls = (one.func for one in ast.walk(statement) if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Attribute) and one.attr in CLOSES for one in calls)


def is_same(target: ast.expr | None, value: ast.expr | None) -> bool:
    """Tell whether what is yielded is what a `with` has opened."""
    both = isinstance(target, ast.Name) and isinstance(value, ast.Name)
    return both and ast.unparse(target) == ast.unparse(value)  # type: ignore[arg-type]


def of_session(node: ast.expr, module: Module) -> bool:
    """Tell whether a `with` is over a session, by its type or else by its names."""
    kind = module.project.inference.kind(node, module)
    if isinstance(kind, Made) and SESSIONS.fullmatch(kind.name.removesuffix(".__call__")):
        return True
    return any(
        LIKELY.search(text)
        for one in ast.walk(node)
        if (text := one.id if isinstance(one, ast.Name) else getattr(one, "attr", ""))
    )


def is_session(need: Dependency, node: ast.Yield) -> bool:
    """Tell whether what is yielded is a session, by its type or else by its names."""
    function, value = need.function, node.value
    kind = function.module.project.inference.kind(value, function.module)
    if isinstance(kind, Made) and SESSIONS.fullmatch(kind.name):
        return True
    names = [function.name, type_name(kind)]
    names += [value.id] if isinstance(value, ast.Name) else []
    names += [need.named.arg] if isinstance(need.named, ast.arg) else []
    return any(LIKELY.search(name) and not FACTORY.search(name) for name in names)


def type_name(kind: Kind | None) -> str:
    """Give the name of a type, without its packages."""
    if isinstance(kind, Instance):
        return kind.of.name
    return kind.name.removesuffix(".__call__").rpartition(".")[2] if isinstance(kind, Made) else ""


def returns_session(function: Function) -> bool:
    """Tell whether a plain function returns a session of SQLAlchemy's, which nobody closes."""
    if isinstance(function.node, ast.ClassDef) or function.owner is not None:
        return False
    kind = function.module.project.inference.result(function)
    return isinstance(kind, Made) and bool(SESSIONS.fullmatch(kind.name))


RULE = Rule(
    "WSK502",
    "connection-scoped-db-session",
    "warning",
    "Open a session for each message",
    __doc__ or "",
    find,
)
