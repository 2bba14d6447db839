"""A message is sent to each Connection in a loop, instead of published on a channel.

The first one that has left raises `Disconnected` in the handler of who spoke: that client is
closed with 1011, and who stands behind in the list gets nothing. A client that reads slowly holds
all the others up. A channel has neither problem, and is one call.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)
peers: list[Connection[str]] = []


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    peers.append(conn)
    async for text in conn:
        for peer in peers:
            await peer.send(text)
```

Right:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    await conn.join("lobby")
    async for text in conn:
        await hf.publish("lobby", text)
```

Not reported: a loop that looks for one connection and leaves; a loop over messages; objects that
are not known to be connections.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.kinds import Container, Made, inference
from holdfast.check.code.module import Comprehension, FunctionNode, Module, walk
from holdfast.check.facts.handling import is_caught
from holdfast.check.facts.ours import CONNECTIONS, calls_of, is_holdfast
from holdfast.check.flow.exceptions import EVERYTHING
from holdfast.check.rules.rule import Problem, Rule

LEAVES = ast.Break | ast.Raise | ast.Return
COPIES = {"list", "set", "tuple", "sorted", "reversed"}


def find(module: Module) -> Iterator[Problem]:
    """Find sends to a loop's variable."""
    for call in calls_of(module, "send"):
        name = receiver(call)
        if isinstance(name, ast.Name) and is_one_of_many(name, call, module):
            guarded = is_caught(call, {"Disconnected", "HoldfastError", *EVERYTHING}, module)
            who = "that reads slowly" if guarded else "that has left, or reads slowly,"
            yield Problem(call, f"One client {who} keeps this from all the others")


def is_one_of_many(name: ast.Name, call: ast.Call, module: Module) -> bool:
    """Tell whether a name is the variable of a loop over connections that goes on after this."""
    for parent in module.ancestors(call):
        if isinstance(parent, FunctionNode | ast.Lambda):
            return False
        loops = parent.generators if isinstance(parent, Comprehension) else [parent]
        for loop in loops:
            if isinstance(loop, ast.For | ast.AsyncFor | ast.comprehension):
                if binds(loop.target, name.id) and over_connections(loop.iter, name, module):
                    return isinstance(parent, Comprehension) or not leaves(call, parent, module)
    return False


def binds(target: ast.expr, name: str) -> bool:
    """Tell whether a loop's target has a name in it."""
    return any(isinstance(one, ast.Name) and one.id == name for one in walk(target))


def over_connections(node: ast.expr, name: ast.Name, module: Module) -> bool:
    """Tell whether a loop goes over connections: `hf.connections`, or a collection of one's own."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id not in COPIES or not node.args:
            return False
        node = node.args[0]
    if isinstance(node, ast.Attribute) and node.attr == "connections":
        if is_holdfast(node.value, module):
            return True
    infer = inference(module)
    kind = infer.kind(node, module)
    item = kind.item if isinstance(kind, Container) else None
    of_name = infer.kind(name, module)
    return any(isinstance(one, Made) and one.name in CONNECTIONS for one in (item, of_name))


def leaves(call: ast.Call, loop: ast.AST, module: Module) -> bool:
    """Tell whether the loop is left right after the call."""
    node: ast.AST = module.statement_of(call)
    while isinstance(node, ast.stmt) and node is not loop:
        block = module.block_of(node)
        if any(isinstance(one, LEAVES) for one in block[block.index(node) :]):
            return True
        node = module.parents[node]
    return False


RULE = Rule(
    "WSK908",
    "send-to-each-connection",
    "error",
    "Let each connection `join` a channel, and `publish` to it; or `hf.broadcast(...)` to all",
    __doc__ or "",
    find,
)
