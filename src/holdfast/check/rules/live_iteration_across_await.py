"""A loop over a collection of connections waits in its body, while others change the collection.

Over a set or a dict the loop ends with `RuntimeError: Set changed size during iteration`; over a
list a client is skipped. On uvicorn a send waits only for a client that is slow, so tests never
show it: it comes with the first slow client, when somebody joins or leaves meanwhile.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    clients.add(websocket)
    async for text in websocket.iter_text():
        for client in clients:
            await client.send_text(text)
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(text: str):
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), timeout=5)
        except Exception:
            clients.discard(client)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    clients.add(websocket)
    try:
        async for text in websocket.iter_text():
            await broadcast(text)
    finally:
        clients.discard(websocket)
```

Not reported: a loop over a copy, or over what a call has made; a loop without `await`, or that is
left behind it; a collection that nothing else changes, or only under the lock that the loop holds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import iterated_copy
from holdfast.check.code.kinds import Class, inference
from holdfast.check.code.module import Comprehension, FunctionNode, Module
from holdfast.check.facts.broadcasts import broadcasts
from holdfast.check.facts.callers import values_given
from holdfast.check.facts.deliveries import leaves_after
from holdfast.check.facts.live import Change, Target, changes, home, live_anywhere, target_of
from holdfast.check.facts.registries import holds_connection
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import callee_name
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find loops over live collections of connections, with an await in them."""
    for loop, node, waits in loops(module):
        collection, where = (live_given(node, module) if waits else None) or (None, module)
        target = target_of(collection, where) if collection else None
        if collection is None or target is None or target.place.owner is module.function_of(loop):
            continue
        if not is_of_connections(loop, ((node, module), (collection, where)), module):
            continue
        kept = home(collection, where)
        others = others_that_change(target, loop, kept, module)
        if is_locked(loop, module) and (not others or any(is_locked(*one) for one in others)):
            continue
        if others or begins_empty(target, kept):
            name = ast.unparse(node)
            message = f"`{name}` may change while this loop waits, which skips a client or raises"
            yield Problem(
                loop if isinstance(loop, ast.For) else node, message, iterated_copy(node, module)
            )


def live_given(node: ast.expr, module: Module) -> tuple[ast.expr, Module] | None:
    """Give the collection that a loop walks, be it one that a caller gives for a parameter."""
    if isinstance(node, ast.Name):
        scope, bindings = inference(module).scopes(module).lookup(node)
        how = {one.how for one in bindings} - {"annotation"}
        if how == {"parameter"} and isinstance(scope, FunctionNode):
            given = (one for one in values_given(node.id, scope, module) if not is_locked(*one))
            return next((found for one in given if (found := live_anywhere(*one))), None)
    return live_anywhere(node, module)


def loops(module: Module) -> Iterator[tuple[ast.AST, ast.expr, bool]]:
    """Give each loop with what it iterates, and whether it waits while it does."""
    for loop in module.every(ast.For):
        yield loop, loop.iter, any(waits(one, loop, module) for one in awaits_in(loop, module))
    comprehensions: list[ast.ListComp | ast.SetComp | ast.DictComp] = [
        *module.every(ast.ListComp),
        *module.every(ast.SetComp),
        *module.every(ast.DictComp),
    ]
    for made in comprehensions:
        first = made.generators[0].iter
        awaits = (one for one in awaits_in(made, module))
        yield made, first, any(module.parents[one] is not first for one in awaits)


def awaits_in(loop: ast.AST, module: Module) -> list[ast.Await]:
    """Give the awaits that are done while a loop goes on."""
    if "awaits of loops" not in module.notes:
        table: dict[ast.AST, list[ast.Await]] = {}
        for node in module.every(ast.Await):
            for parent in module.ancestors(node):
                if isinstance(parent, FunctionNode | ast.Lambda | ast.GeneratorExp):
                    break
                if isinstance(parent, ast.For | Comprehension):
                    table.setdefault(parent, []).append(node)
        module.notes["awaits of loops"] = table
    found: dict[ast.AST, list[ast.Await]] = module.notes["awaits of loops"]
    return found.get(loop, [])


def waits(node: ast.Await, loop: ast.For, module: Module) -> bool:
    """Tell whether others may run at an await, and the loop goes on behind it."""
    if callee_name(node.value, module) == "asyncio.Queue.put":
        return False  # it waits only where the queue has a bound
    return module.within(node, loop.body) and not leaves_after(node, loop, module)


def is_of_connections(
    loop: ast.AST, nodes: tuple[tuple[ast.expr, Module], ...], module: Module
) -> bool:
    """Tell whether a loop goes over connections: it sends to them, or they are known as such."""
    if any(one.loop is loop for one in broadcasts(module)):
        return True
    return any(holds_connection(inference(where).kind(one, where)) for one, where in nodes)


def others_that_change(
    target: Target, loop: ast.AST, kept: Module, module: Module
) -> list[tuple[ast.AST, Module]]:
    """Give what changes the collection in other functions than the loop's."""
    own = module.function_of(loop)
    # An endpoint runs once for each connection: what it changes, another run of it changes.
    is_endpoint = any(one.function is own for one in endpoints(module))
    alone: set[FunctionNode | None] = {None} if is_endpoint else {None, own}
    # Of a collection of a function around: what that one changes, it has changed before.
    alone.add(target.place.owner if isinstance(target.place.owner, FunctionNode) else None)
    return [
        (change.node, where)
        for where in {module.path: module, kept.path: kept}.values()
        for change in changes(where)
        if is_same(change, target) and change.function not in alone
    ]


def is_same(change: Change, target: Target) -> bool:
    """Tell whether a change may be one of a collection, whatever the keys below it."""
    place, keys = change.target
    return place == target.place and len(keys) == len(target.keys)


def begins_empty(target: Target, where: Module) -> bool:
    """Tell whether a collection is made empty: then it is filled, maybe by another file."""
    place, keys = target
    infer = inference(where)
    if any(place.name in one.names for one in where.every(ast.Global)):
        return False  # it is replaced, not changed
    if isinstance(place.owner, ast.Module):
        bindings = infer.scopes(where).table(place.owner).get(place.name, [])
        values = [one.source for one in bindings if one.how == "value"]
    elif isinstance(place.owner, ast.ClassDef):
        values = infer.classes.values(Class(where, place.owner), place.name)
    else:
        return False
    return bool(values) and (bool(keys) or all(is_empty(one) for one in values))


def is_empty(node: ast.AST) -> bool:
    """Tell whether a value is an empty collection."""
    match node:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=function, args=args, keywords=keywords):
            last = ast.unparse(function).rpartition(".")[2]
            if last == "field":
                return any(one.arg == "default_factory" for one in keywords)
            return last == "defaultdict" or (not args and last in {"set", "list", "dict", "deque"})
    return False


def is_locked(node: ast.AST, module: Module) -> bool:
    """Tell whether a node is done under a lock."""
    return any(
        isinstance(parent, ast.AsyncWith)
        and any("lock" in ast.unparse(item.context_expr).lower() for item in parent.items)
        for parent in module.ancestors(node)
    )


RULE = Rule(
    "WSK304",
    "live-iteration-across-await",
    "error",
    "Iterate a copy: `for client in list(clients)`",
    __doc__ or "",
    find,
    "safe",
)
