"""A loop removes from the collection that it iterates.

A list then skips the one behind the one removed: of two dead clients in a row the second is kept,
or a client that is well gets no message. A dict or a set raises `RuntimeError: ... changed size
during iteration`.

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

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import iterated_copy
from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.facts.deliveries import leaves_after
from holdfast.check.facts.live import Target, changed_by, live, removals, target_of
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find removals, direct or by a helper, within a loop over the same collection."""
    for loop in module.every(ast.For):
        collection = live(loop.iter, module)
        target = target_of(collection, module) if collection else None
        if target is None or collection is None:
            continue
        for node in nodes_in(loop, module):
            if not takes_from(node, target, collection, module):
                continue
            if not leaves_after(node, loop, module):
                text = ast.unparse(loop.iter)
                message = f"This changes `{text}` while the loop goes over it"
                yield Problem(node, message, iterated_copy(loop.iter, module))


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


def takes_from(node: ast.AST, target: Target, collection: ast.expr, module: Module) -> bool:
    """Tell whether a call or statement takes something out of a collection."""
    for changed, removes in changed_by(node):
        if removes and target_of(changed, module) == target:
            return same_object(changed, collection, module)
    if not isinstance(node, ast.Call):
        return False
    helper = callee(node, module)
    if helper is None or (helper.is_async and not isinstance(module.parents[node], ast.Await)):
        return False  # a coroutine that is handed on runs later
    if not any(one == target for one in removals(node, helper, module)):
        return False
    # Of another object's method it would be another collection.
    owner = base_of(collection)
    if owner is None or not helper.bound or not isinstance(node.func, ast.Attribute):
        return True
    return ast.unparse(node.func.value) == ast.unparse(owner)


def same_object(changed: ast.expr, collection: ast.expr, module: Module) -> bool:
    """Tell whether two collections with one name are of one object: of `self`, not of another."""
    first, second = (base_of(live(one, module) or one) for one in (changed, collection))
    return first is None or second is None or ast.unparse(first) == ast.unparse(second)


def base_of(node: ast.expr) -> ast.expr | None:
    """Give the object whose attribute a collection is."""
    match node:
        case ast.Attribute(value=value):
            return value
        case ast.Subscript(value=value) | ast.Call(func=ast.Attribute(value=value)):
            return base_of(value)
    return None


RULE = Rule(
    "WSK305",
    "mutate-while-iterating",
    "error",
    "Iterate a copy: `for client in list(clients)`, or collect first and remove then",
    __doc__ or "",
    find,
    "safe",
)
