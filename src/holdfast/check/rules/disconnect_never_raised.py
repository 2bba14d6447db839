"""A handler of Holdfast catches an exception that nothing in the `try` raises.

A Connection's `send` and `receive` raise `holdfast.Disconnected` once the client is gone, and never
`WebSocketDisconnect`; `async for message in conn` just ends. So what stands in that `except` never
runs: a registry keeps everyone who ever came. Nothing is logged, as a handler that ends because its
client has gone is no error.

Wrong:

```python
from fastapi import FastAPI, WebSocketDisconnect
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)
online = set()


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    online.add(conn.id)
    try:
        async for text in conn:
            await hf.publish("lobby", text)
    except WebSocketDisconnect:
        online.discard(conn.id)
```

Right:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)
online = set()


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    online.add(conn.id)
    try:
        async for text in conn:
            await hf.publish("lobby", text)
    finally:
        online.discard(conn.id)
```

Not reported: a `try` in which a plain WebSocket is used, or the Connection is handed to something
unknown; `except Disconnected` around a `send`, a `receive` or the like.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee, receiver
from holdfast.check.code.edits import import_of, replace
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.facts.ours import concerned, is_connection
from holdfast.check.facts.sockets import given, is_socket, uses
from holdfast.check.finding import Fix
from holdfast.check.flow.exceptions import caught_names
from holdfast.check.rules.rule import Problem, Rule

STARLETTE = "WebSocketDisconnect"
OURS = "Disconnected"
RAISE = {"accept", "close", "join", "leave", "receive", "send"}


def find(module: Module) -> Iterator[Problem]:
    """Find the handlers of exceptions, around uses of a Connection."""
    if not concerned(module):
        return
    for node in module.every(ast.Try):
        caught = [(one, caught_names(one, module)) for one in node.handlers]
        if not any({STARLETTE, OURS} & names for _, names in caught):
            continue
        seen = what_is_in(node, module)
        for handler, names in caught:
            if STARLETTE in names and seen in ({"iterates"}, {"raises"}, {"iterates", "raises"}):
                message = "A Connection never raises `WebSocketDisconnect`, so this never runs"
                yield Problem(handler, message, fix(handler, seen, module))
            elif OURS in names and seen == {"iterates"} and len(names) == 1:
                message = "`async for` ends and never raises `Disconnected`, so this never runs"
                yield Problem(handler, message)


def what_is_in(node: ast.Try, module: Module) -> set[str]:
    """Tell what is in a `try`: `iterates`, `raises` (both of a Connection), or `other`."""
    return {
        what
        for statement in node.body
        for inner in walk(statement)
        if (what := what_is(inner, module))
    }


def what_is(node: ast.AST, module: Module) -> str:
    """Tell what a node does, if that may raise the end of a client."""
    if isinstance(node, ast.AsyncFor):
        return "iterates" if is_connection(node.iter, module) else ""
    if isinstance(node, ast.Raise | FunctionNode):
        return "other"
    if isinstance(node, ast.Name | ast.Attribute) and is_socket(node, module):
        return "other"
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute) and is_connection(receiver(node), module):
        return "raises" if node.func.attr in RAISE else ""
    if any(is_connection(one, module) for one in given(node)):
        return "raises" if callee(node, module) else "other"
    helper = callee(node, module)
    return "other" if helper and uses(helper.node, helper.module) else ""


def fix(handler: ast.ExceptHandler, seen: set[str], module: Module) -> Fix | None:
    """Catch the exception that comes, where one does."""
    if "raises" not in seen or not isinstance(handler.type, ast.Name | ast.Attribute):
        return None
    edits = [replace(handler.type, OURS, module), *import_of(OURS, "holdfast", module)]
    return Fix("Catch `Disconnected`", tuple(edits), safe=False)


RULE = Rule(
    "WSK906",
    "disconnect-never-raised",
    "error",
    "Clean up in a `finally`, or with `conn.on_disconnect`",
    __doc__ or "",
    find,
    "unsafe",
)
