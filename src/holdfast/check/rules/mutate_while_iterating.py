"""A loop removes from the collection that it iterates.

A list then skips the one behind the one removed: of two dead clients in a row the second is kept,
or a client that is well gets no message. A dict or a set raises `RuntimeError: ... changed size
during iteration`, unless the loop was at its last.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: list[WebSocket] = []


async def broadcast(text: str):
    for client in clients:
        try:
            await client.send_text(text)
        except Exception:
            clients.remove(client)
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: list[WebSocket] = []


async def broadcast(text: str):
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), timeout=5)
        except Exception:
            if client in clients:
                clients.remove(client)
```

Not reported: a loop over a copy; one that is left at once; a removal from another collection.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.deliveries import leaves_after
from holdfast.check.edits import insert_after, insert_before
from holdfast.check.finding import Fix
from holdfast.check.live import Target, changed_by, live, removals, target_of
from holdfast.check.module import FunctionNode, Module
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find removals, direct or by a helper, within a loop over the same collection."""
    for loop in module.every(ast.For):
        collection = live(loop.iter, module)
        target = target_of(collection, module) if collection else None
        if target is None:
            continue
        for node in nodes_in(loop, module):
            if takes_from(node, target, module) and not leaves_after(node, loop, module):
                text = ast.unparse(loop.iter)
                message = f"This changes `{text}` while the loop goes over it"
                yield Problem(node, message, fix(loop.iter, module))


def nodes_in(loop: ast.For, module: Module) -> Iterator[ast.AST]:
    """Give the calls and deletions that a loop itself does."""
    waiting: list[ast.AST] = list(reversed(loop.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Call | ast.Delete | ast.AugAssign):
            yield node
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def takes_from(node: ast.AST, target: Target, module: Module) -> bool:
    """Tell whether a call or statement takes something out of a collection."""
    for changed, removes in changed_by(node):
        if removes and target_of(changed, module) == target:
            return True
    if not isinstance(node, ast.Call):
        return False
    helper = module.project.inference.callee(node, module)
    return helper is not None and any(one == target for one in removals(node, helper, module))


def fix(node: ast.expr, module: Module) -> Fix:
    """Walk a copy."""
    edits = (insert_before(node, "list(", module), insert_after(node, ")", module))
    return Fix("Iterate a copy, `list(...)`", edits)


RULE = Rule(
    "WSK305",
    "mutate-while-iterating",
    "error",
    "Iterate a copy: `for client in list(clients)`, or collect first and remove then",
    __doc__ or "",
    find,
    "safe",
)
