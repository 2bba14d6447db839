"""Which exceptions a handler catches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.constants import bindings_of
from holdfast.check.code.kinds import Class, Library, inference
from holdfast.check.code.module import Module
from holdfast.check.flow.state import NONE, States

EVERYTHING = {"BaseException", "Exception"}
# What the walker calls the two ways in which a client's leaving shows.
DISCONNECTS = {"disconnect", "lost"}
DISCONNECT = "WebSocketDisconnect"
# What the calls of libraries raise, wherever.
COMMON = {
    "ValueError", "TypeError", "KeyError", "IndexError", "LookupError", "AttributeError", "OSError",
    "RuntimeError", "ConnectionError", "TimeoutError", "JSONDecodeError", "ValidationError", "?",
    "StopAsyncIteration", "UnicodeDecodeError", "CancelledError", "ConnectionClosed",
    "ConnectionResetError", "FileNotFoundError", "ArithmeticError", "ZeroDivisionError",
}  # fmt: skip
# What is raised by nothing but connecting to a WebSocket server elsewhere.
HANDSHAKES = {
    "InvalidStatus", "InvalidStatusCode", "InvalidHandshake", "InvalidURI", "InvalidUpgrade",
    "WSServerHandshakeError", "ClientConnectorError",
}  # fmt: skip
DEEPEST = 8  # tuples named in one another; `ERRORS = (*ERRORS, OSError)` has no end
# Packages that talk to other servers, whose errors no client of ours raises.
ELSEWHERE = re.compile(
    r"(?:aiohttp|httpx|httpcore|requests|redis|aioredis|valkey|asyncpg|psycopg\w*|sqlalchemy|pymongo"
    r"|motor|openai|anthropic|aiokafka|aio_pika|nats|grpc|botocore|docker|kubernetes\w*|asyncssh"
    r"|elasticsearch)\."
)
PLAIN = {"OSError", "ConnectionError", "ConnectionRefusedError", "TimeoutError", "ValueError"}


def caught_names(handler: ast.ExceptHandler, module: Module) -> set[str]:
    """Give the last names of what a handler catches; `BaseException` for a bare one."""
    kept: dict[ast.AST, set[str]] = module.notes.setdefault("caught", {})
    if handler not in kept:
        names = set(type_names(handler.type, module)) if handler.type else {"BaseException"}
        kept[handler] = names
    return kept[handler]


def is_elsewhere(handler: ast.ExceptHandler, module: Module) -> bool:
    """Tell whether a handler is for the errors of another server."""
    kept: dict[ast.AST, bool] = module.notes.setdefault("elsewhere", {})
    if handler not in kept:
        given = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = [module.qualify(one) for one in given]
        strange = [one for one in names if ELSEWHERE.match(one)]
        kept[handler] = bool(strange) and all(
            one in strange or one.rpartition(".")[2] in PLAIN for one in names
        )
    return kept[handler]


def type_names(node: ast.expr, module: Module, depth: int = DEEPEST) -> Iterator[str]:
    """Spell the exceptions of an `except` or `suppress`; `?` for what is not known."""
    if isinstance(node, ast.Tuple | ast.List):
        for one in node.elts:
            yield from type_names(one, module, depth)
        return
    if isinstance(node, ast.Starred):
        yield from type_names(node.value, module, depth)
        return
    infer = inference(module)
    kind = infer.kind(node, module)
    if isinstance(kind, Library):
        yield kind.name.rpartition(".")[2]
    elif isinstance(kind, Class):
        yield from class_names(kind)
    elif depth and (found := named_tuple(node, module)):
        yield from type_names(*found, depth - 1)
    elif isinstance(node, ast.Name) and not infer.scopes(module).lookup(node)[1]:
        yield node.id
    else:
        yield "?"


def named_tuple(node: ast.expr, module: Module) -> tuple[ast.expr, Module] | None:
    """Find the tuple that a name stands for, here or in the file that it is imported from."""
    bindings, module = bindings_of(node, module)
    for one in bindings:
        if one.how == "value" and isinstance(one.source, ast.Tuple | ast.List):
            return one.source, module
    return None


def class_names(of: Class) -> Iterator[str]:
    """Spell an exception of the project: its own name alone, as its bases catch more than it."""
    yield of.name


def entered(
    handler: ast.ExceptHandler, raises: dict[str, States], module: Module
) -> tuple[States, dict[str, States]]:
    """Divide exceptions into the states that a handler is entered with, and what goes on."""
    names = caught_names(handler, module)
    return catch(raises, names, elsewhere=is_elsewhere(handler, module))


def catch(
    raises: dict[str, States], handler: set[str], *, elsewhere: bool = False
) -> tuple[States, dict[str, States]]:
    """Divide exceptions by the names of what is caught.

    One that is for the errors of servers `elsewhere` is entered with our client still there.
    """
    taken: States = NONE
    left: dict[str, States] = {}
    # One that the program raises itself, and hardly anybody else, is not an unnamed one.
    is_own = not handler.isdisjoint(raises) and handler.isdisjoint(COMMON)
    for name, states in raises.items():
        if not EVERYTHING.isdisjoint(handler):
            taken |= states
        elif name in DISCONNECTS:
            if DISCONNECT in handler:
                taken |= states
            else:
                left[name] = states
                taken |= states if "?" in handler else NONE
        elif name in handler:
            taken |= states
        else:
            # Some of the unnamed errors may be what the handler is for, others are not.
            is_other = handler <= {DISCONNECT, "WebSocketException"}
            found = states if name == "error" and not (is_other or is_own) else NONE
            is_there = elsewhere or handler <= HANDSHAKES
            taken |= connecting(found) if is_there else found
            left[name] = states
    return taken, left


def connecting(states: States) -> States:
    """Give the states in which another server may be connected to: our client is still there."""
    return frozenset(one for one in states if not one.closed and not one.gone)


def is_suppress(call: ast.Call, module: Module) -> bool:
    """Tell whether a context manager is `contextlib.suppress`."""
    return module.qualify(call.func).rpartition(".")[2] == "suppress"
