"""A loop catches the end of its client, and goes on.

`conn.receive()` raises `Disconnected` at once when the client is gone, and does not wait: a loop
that catches that and tries again keeps a core busy, and slows everybody else down, until Holdfast
cancels it after `grace`. A loop that only sends, and sleeps, goes on without a client just as long.
What stands behind the loop never runs.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    while True:
        try:
            await conn.send(await conn.receive())
        except Exception:
            continue
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
        try:
            await conn.send(int(text) + 1)
        except ValueError:
            await conn.send("not a number")
```

Not reported: a handler that leaves the loop or raises; an `async for` over the connection, which
ends by itself; a loop that asks `conn.closed`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.facts.ours import calls_of, concerned, is_connection
from holdfast.check.flow.exceptions import EVERYTHING, caught_names
from holdfast.check.rules.rule import Problem, Rule

CATCHES = {"Disconnected", "HoldfastError", *EVERYTHING}
LEAVES = ast.Break | ast.Raise | ast.Return


def find(module: Module) -> Iterator[Problem]:
    """Find the handler that swallows what a `send` or `receive` in a `while` raises."""
    if not concerned(module):
        return
    seen: set[ast.AST] = set()
    for call in calls_of(module, "receive", "send"):
        loop = module.loop_of(call)
        if not isinstance(loop, ast.While) or asks_closed(loop):
            continue
        if is_connection(receiver(call), module):
            handler = swallower(call, loop, module)
            if handler and handler not in seen:
                seen.add(handler)
                yield Problem(handler, message(call))


def asks_closed(loop: ast.While) -> bool:
    """Tell whether a loop, or something in it, looks at `conn.closed`."""
    return any(isinstance(one, ast.Attribute) and one.attr == "closed" for one in walk(loop))


def swallower(call: ast.Call, loop: ast.While, module: Module) -> ast.ExceptHandler | None:
    """Find the handler within the loop that catches `Disconnected`, and does not leave."""
    below: ast.AST = call
    for parent in module.ancestors(call):
        if parent is loop or isinstance(parent, FunctionNode | ast.Lambda):
            return None
        if isinstance(parent, ast.Try) and below in parent.body:
            for handler in parent.handlers:
                if caught_names(handler, module) & CATCHES:
                    return None if leaves(handler) else handler
        below = parent
    return None


def leaves(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler may leave the loop, or calls what ends the process."""
    return any(isinstance(one, LEAVES) for one in own_nodes(handler))


def message(call: ast.Call) -> str:
    """Say what happens."""
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr == "receive":
        return "This catches `Disconnected` and receives again: the whole server freezes"
    return "This catches `Disconnected`, so the loop goes on without its client"


RULE = Rule(
    "WSK907",
    "swallowed-disconnected",
    "error",
    "Let `Disconnected` end the handler, or iterate with `async for message in conn`",
    __doc__ or "",
    find,
)
