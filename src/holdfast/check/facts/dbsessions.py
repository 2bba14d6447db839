"""Which dependencies give a database session, or a connection, that stays open while they wait.

What the types do not tell is told by names: most projects have their own wrapper around a session.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.kinds import (
    Class,
    Function,
    Instance,
    Kind,
    Library,
    Made,
    Socket,
    inference,
)
from holdfast.check.code.module import Module, own_nodes, walk
from holdfast.check.facts.dependencies import Dependency
from holdfast.check.facts.sockets import is_socket

SESSIONS = re.compile(
    r"(?:sqlalchemy|sqlmodel)\.(?:\w+\.)*(?:Async)?(?:Session|Connection)"
    r"|(?:asyncpg|psycopg|aiomysql|aiosqlite)\.(?:\w+\.)*\w*[cC]onnection"
)
# Packages whose sessions and connections are no scarce thing of a database.
ELSEWHERE = re.compile(
    r"(?:aiohttp|httpx|requests|websockets|redis|aioredis|boto3|aiobotocore|openai|asyncio|threading"
    r"|tempfile|logging|collections|aiokafka|aio_pika|nats|paho|grpc|smtplib|paramiko)\b"
)
# How a session, or the function that gives one, is called.
NAMES = re.compile(
    r"(?:^|_)(?:db|dbs|database|session|sessions|sess|conn|connection|cursor|tx|transaction|uow"
    r"|unit_of_work|pool)(?:_|$|\d)"
)
# What else is called a session or a connection.
OTHERS = re.compile(
    r"manager|game|chat|user|http|client|room|socket|ws|websocket|registry|hub|redis|login|auth"
    r"|maker|factory|mqtt|kafka|voice|agent|sessions$",
    re.IGNORECASE,
)
# What says only for whom a database's session is: `get_websocket_db`.
FOR_SOCKETS = re.compile(
    r"(?:ws|websocket)_(?=(?:db|database)(?![a-z]))|(?<=_db)_(?:ws|websocket)$"
)
# How the class of one is called.
TYPES = re.compile(
    r"(?:Async|Db|DB|Sql|SQL|Fake|Mock|Test|My|Dummy|Stub|Local|Base|Pg|PG|Postgres|Sqlite)*"
    r"(?:Session|Connection|Conn|Database|Db|DB|Transaction|UnitOfWork|UoW|Cursor|Pool)"
    r"(?:Local|Stub|Wrapper)?"
)
MODELS = {"pydantic.BaseModel", "pydantic.main.BaseModel"}
HELD = re.compile(
    r"engine|connect|cursor|(?:^|\.)(?:conn|db|pool|driver)$|[sS]essionmaker", re.IGNORECASE
)
CLOSES = {"close", "aclose", "release", "rollback", "dispose", "commit", "putconn"}


def gives_session(need: Dependency) -> bool:
    """Tell whether a dependency gives a session that it keeps open."""
    function = need.function
    yields = [one for one in own_nodes(function.node) if isinstance(one, ast.Yield)]
    if yields:
        return any(is_held(one, function) for one in yields) and is_session(need, yields[0])
    return returns_session(function)


def returns_session(function: Function) -> bool:
    """Tell whether a plain function returns a session of SQLAlchemy's, which nobody closes."""
    if function.owner is not None:
        return False
    kind = inference(function.module).result(function)
    return isinstance(kind, Made) and bool(SESSIONS.fullmatch(kind.name))


def is_held(node: ast.Yield, function: Function) -> bool:
    """Tell whether something is open while a generator waits at its yield."""
    module = function.module
    statement = module.statement_of(node)
    block = module.block_of(statement)
    after = block[block.index(statement) + 1 :] if statement in block else []
    if any(closes(one, module) for one in after):
        return True
    return any(closes_after(parent, node, module) for parent in around(node, function))


def around(node: ast.AST, function: Function) -> Iterator[ast.AST]:
    """Give the blocks of a function that a node is in."""
    for parent in function.module.ancestors(node):
        if parent is function.node:
            return
        yield parent


def closes_after(parent: ast.AST, node: ast.Yield, module: Module) -> bool:
    """Tell whether a block closes something when the yield in it is over."""
    if isinstance(parent, ast.With | ast.AsyncWith):
        return any(
            is_same(item.optional_vars, node.value) or names_session(item.context_expr, module)
            for item in parent.items
        )
    if isinstance(parent, ast.Try) and not module.within(node, parent.finalbody):
        return any(closes(one, module) for one in parent.finalbody)
    return False


def closes(statement: ast.stmt, module: Module) -> bool:
    """Tell whether a statement closes something that is no WebSocket."""
    calls = (one.func for one in walk(statement) if isinstance(one, ast.Call))
    return any(
        isinstance(one, ast.Attribute) and one.attr in CLOSES and not is_socket(one.value, module)
        for one in calls
    )


def is_same(target: ast.expr | None, value: ast.expr | None) -> bool:
    """Tell whether what is yielded is what a `with` has opened."""
    if not isinstance(target, ast.Name) or not isinstance(value, ast.Name):
        return False
    return target.id == value.id


def names_session(node: ast.expr, module: Module) -> bool:
    """Tell whether a `with` is over a session, by its type or else by its names."""
    kind = inference(module).kind(node, module)
    if isinstance(kind, Made) and SESSIONS.fullmatch(kind.name.removesuffix(".__call__")):
        return True
    names = [one.id for one in walk(node) if isinstance(one, ast.Name)]
    names += [one.attr for one in walk(node) if isinstance(one, ast.Attribute)]
    return any(NAMES.search(one) or TYPES.fullmatch(one) for one in names)


def is_session(need: Dependency, node: ast.Yield) -> bool:
    """Tell whether what is yielded is a session, by its type or else by its names."""
    function = need.function
    by_type = told_by_type(inference(function.module).kind(node.value, function.module))
    if by_type is not None:
        return by_type
    names = [FOR_SOCKETS.sub("", function.name)]
    names += [node.value.id] if isinstance(node.value, ast.Name) else []
    if any(OTHERS.search(name) for name in names):
        return False
    names += [need.named.arg] if isinstance(need.named, ast.arg) else []
    return any(NAMES.search(name) for name in names)


def told_by_type(kind: Kind | None) -> bool | None:
    """Tell whether the type of a value settles what it is."""
    match kind:
        case Socket() | Function() | Class():
            return False
        case Made(name=name):
            if SESSIONS.fullmatch(name.removesuffix(".__call__")):
                return True
            return False if ELSEWHERE.match(name) else None
        case Instance(of=of):
            if is_plain(of):
                return False
            return True if TYPES.fullmatch(of.name) else None
    return None


def is_plain(of: Class) -> bool:
    """Tell whether a class is data, such as a visitor's session in memory, without an engine."""
    decorators = (getattr(one, "func", one) for one in of.node.decorator_list)
    is_data = any(of.module.qualify(one) == "dataclasses.dataclass" for one in decorators)
    bases = inference(of.module).classes.line(of)
    is_data = is_data or any(isinstance(one, Library) and one.name in MODELS for one in bases)
    return is_data and not any(
        isinstance(one, ast.Name | ast.Attribute) and HELD.search(ast.unparse(one))
        for one in walk(of.node)
    )
