"""A method of an Endpoint never returns, so no message is ever handled after it.

Holdfast calls one method of an Endpoint after the other. While `on_connect` runs a loop without an
end, no `on_message` comes; while `on_message` does, the next message waits for ever.

Wrong:

```python
import asyncio

from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Clock(Endpoint[str]):
    async def on_connect(self, conn: Connection[str]) -> None:
        while True:
            await conn.send("tick")
            await asyncio.sleep(1)

    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(f"got {message}")
```

Right:

```python
from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Clock(Endpoint[str]):
    async def on_connect(self, conn: Connection[str]) -> None:
        await conn.join("clock")

    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(f"got {message}")
```

Not reported: a loop that has a way out; a loop in a task of its own; handlers that are functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes
from holdfast.check.facts.ours import concerned, is_connection, methods
from holdfast.check.rules.rule import Problem, Rule

LEAVES = ast.Raise | ast.Return


def find(module: Module) -> Iterator[Problem]:
    """Find endless loops right in `on_connect` and `on_message`."""
    if not concerned(module):
        return
    for method, owner in methods(module).items():
        assert isinstance(method, FunctionNode)
        handles = any(
            isinstance(one, FunctionNode) and one.name == "on_message" for one in owner.body
        )
        if method.name == "on_disconnect" or not handles:
            continue
        for node in own_nodes(method):
            if is_endless(node, module):
                what = "message" if method.name == "on_connect" else "further message"
                yield Problem(node, f"`{method.name}` never returns, so no {what} is handled")
                break


def is_endless(node: ast.AST, module: Module) -> bool:
    """Tell whether a loop has no way out but the end of its client."""
    if isinstance(node, ast.AsyncFor):
        return is_connection(node.iter, module) and not is_left(node, module)
    if isinstance(node, ast.While):
        always = isinstance(node.test, ast.Constant) and bool(node.test.value)
        return always and not is_left(node, module)
    return False


def is_left(loop: Loop, module: Module) -> bool:
    """Tell whether something in a loop leaves it."""
    for node in own_nodes(loop):
        if isinstance(node, LEAVES):
            return True
        if isinstance(node, ast.Break) and module.loop_of(node) is loop:
            return True
    return False


RULE = Rule(
    "WSK911",
    "endless-on-connect",
    "error",
    "Make it a stream, or a task that `on_disconnect` cancels",
    __doc__ or "",
    find,
)
