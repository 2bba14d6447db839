"""Something is awaited after a connection was registered, and before the `try` that takes it out.

A client may leave, or a task be cancelled, at any `await`. What is raised there passes by the
clean-up, as that belongs to a `try` which has not begun: the dead connection stays in the registry.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    await websocket.send_text("welcome")
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        clients.discard(websocket)
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    try:
        await websocket.send_text("welcome")
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        clients.discard(websocket)
```

Not reported: statements in between that await nothing; an `await` whose own `try` catches that; a
sleep, and an `await` of a function that catches all that goes wrong in it; another `try` around, or
a context manager, that takes the connection out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import has_long_text, indent_of, lines_before
from holdfast.check.code.kinds import Instance, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.facts.callers import is_one_connection
from holdfast.check.facts.cleanup import (
    DISCONNECT,
    ERROR,
    ESCAPES,
    RETURNS,
    Handling,
    Tries,
    handlings,
    leave,
    position,
    registrations,
)
from holdfast.check.facts.leaks import is_cleaned_by_callers, is_handed_on
from holdfast.check.facts.registries import Change
from holdfast.check.facts.sockets import callee_name
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.flow.exceptions import EVERYTHING, caught_names, is_suppress, type_names
from holdfast.check.rules.rule import Problem, Rule

SLEEPS = {"asyncio.sleep", "anyio.sleep", "trio.sleep"}


def find(module: Module) -> Iterator[Problem]:
    """Find what is awaited too early, once for each function."""
    seen: set[FunctionNode] = set()
    for handling in handlings(module):
        if handling.function in seen:
            continue
        for problem in problems(handling):
            if not is_handed_on(handling) and not is_cleaned_by_callers(handling):
                seen.add(handling.function)
                yield problem
            break


def problems(handling: Handling) -> Iterator[Problem]:
    """Look from each registration to the `try` behind it."""
    module = handling.module
    for change in registrations(handling):
        statement = module.statement_of(change.call)
        if module.function_of(change.call) is not handling.function or is_room(change):
            continue
        if leave(statement, ERROR, handling) not in {ESCAPES, RETURNS}:
            continue
        tried = following(statement, handling)
        if tried is None:
            continue
        if inner := awaited_in_helper(change):
            name = ast.unparse(inner.value).split("(")[0]
            message = f"This registers, and awaits `{name}()` before the `try` that cleans up"
            yield Problem(change.call, message)
        for one in between(statement, tried, handling):
            message = (
                "If this `await` fails, the connection stays registered: the `try` comes later"
            )
            yield Problem(one, message, fix(one, statement, tried, module))


def is_room(change: Change) -> bool:
    """Tell whether what is put in is an object that holds many connections, and is none itself."""
    kind = inference(change.module).kind(change.value, change.module)
    return isinstance(kind, Instance) and not is_one_connection(kind)


def following(statement: ast.stmt, handling: Handling) -> ast.stmt | None:
    """Find the statement behind a registration, in a block around it, with the `try` in it."""
    for block, index in blocks(statement, handling):
        for one in block[index + 1 :]:
            if any(isinstance(inner, Tries) and cleans_up(inner, handling) for inner in walk(one)):
                return one
    return None


def blocks(statement: ast.stmt, handling: Handling) -> Iterator[tuple[list[ast.stmt], int]]:
    """Give the blocks around a statement, and where in each it stands."""
    module, node = handling.module, statement
    while True:
        block = module.block_of(node)
        yield block, block.index(node)
        parent = module.parents[node]
        if parent is handling.function or not isinstance(parent, ast.If | ast.With | ast.AsyncWith):
            return
        node = parent


def cleans_up(tried: ast.Try | ast.TryStar, handling: Handling) -> bool:
    """Tell whether a `try` takes the connection out when its body fails."""
    handlers = [one for handler in tried.handlers for one in handler.body]
    return any(map(handling.removes, [*handlers, *tried.finalbody]))


def between(statement: ast.stmt, tried: ast.stmt, handling: Handling) -> Iterator[ast.Await]:
    """Give what is awaited from a registration to the `try`, on a path that goes on to it."""
    for block, index in blocks(statement, handling):
        for one in block[index + 1 :]:
            if one is tried or handling.removes(one):
                return
            if isinstance(one, Tries):
                yield from uncaught(one, handling)
            elif not leaves(one):
                yield from awaits(one, handling.module)
        if tried in block:
            return


def uncaught(tried: ast.Try | ast.TryStar, handling: Handling) -> Iterator[ast.Await]:
    """Give what a `try` awaits that lets a client's end pass, as `except TimeoutError` does."""
    for statement in tried.body:
        if leave(statement, DISCONNECT, handling) in {ESCAPES, RETURNS}:
            yield from awaits(statement, handling.module)


def leaves(statement: ast.stmt) -> bool:
    """Tell whether a statement ends the function, as in `if not token: ...; return`."""
    return any(
        isinstance(one, ast.Return | ast.Raise) for one in [statement, *own_nodes(statement)]
    )


def is_harmless(wait: ast.Await, module: Module, depth: int = 3) -> bool:
    """Tell whether what is awaited catches all that goes wrong in it, as a careful broadcast."""
    called = callee(wait.value, module) if isinstance(wait.value, ast.Call) else None
    if called is None or not depth:
        return False
    inner = [one for one in own_nodes(called.node) if isinstance(one, ast.Await)]
    return all(
        is_caught(one, called.module) or is_harmless(one, called.module, depth - 1) for one in inner
    )


def is_caught(node: ast.AST, module: Module) -> bool:
    """Tell whether any exception of a node is caught around it, and goes no further."""
    below = node
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, Tries) and below in parent.body:
            for handler in parent.handlers:
                raises = any(isinstance(one, ast.Raise) for one in ast.walk(handler))
                if is_all(caught_names(handler, module)) and not raises:
                    return True
        for item in parent.items if isinstance(parent, ast.With | ast.AsyncWith) else ():
            call = item.context_expr
            if isinstance(call, ast.Call) and is_suppress(call, module):
                if is_all({name for one in call.args for name in type_names(one, module)}):
                    return True
        below = parent
    return False


def is_all(names: set[str]) -> bool:
    """Tell whether these are all exceptions, or all that a WebSocket's methods raise."""
    return bool(names & EVERYTHING) or {"WebSocketDisconnect", "RuntimeError"} <= names


def awaits(statement: ast.stmt, module: Module) -> list[ast.Await]:
    """Give what a statement awaits outside of any `try`."""
    found: list[ast.Await] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Await):
            # A sleep fails only where the task is cancelled: no client does that by leaving.
            is_sleep = callee_name(node.value, module) in SLEEPS
            found += [] if is_sleep or is_harmless(node, module) else [node]
        elif not isinstance(node, Tries | FunctionNode | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return sorted(found, key=position)


def awaited_in_helper(change: Change) -> ast.Await | None:
    """Find what a helper awaits once it has registered: `append(ws); await self.announce(ws)`."""
    if change.node is change.call:
        return None
    module = change.module
    node: ast.AST = module.statement_of(change.node)
    while node is not change.function and isinstance(node, ast.stmt):
        block = module.block_of(node)
        for one in block[block.index(node) + 1 :]:
            if not isinstance(one, Tries) and (found := awaits(one, module)):
                return found[0]
        node = module.parents[node]
        if isinstance(node, Tries | ast.For | ast.AsyncFor | ast.While):
            return None
    return None


def fix(found: ast.Await, statement: ast.stmt, tried: ast.stmt, module: Module) -> Fix | None:
    """Begin the `try` earlier, where all of this stands in one block."""
    block = module.block_of(statement)
    if tried not in block or not isinstance(tried, ast.Try):
        return None
    start = module.statement_of(found)
    while start not in block:
        start = module.statement_of(module.parents[start])
    moved = block[block.index(start) : block.index(tried)]
    rows = range(moved[0].lineno, tried.lineno)
    if tried.body[0].lineno == tried.lineno or any(map(has_long_text, moved)):
        return None
    step = indent_of(tried.body[0], module).removeprefix(indent_of(tried, module))
    edits = [lines_before(moved[0], [module.lines[tried.lineno - 1].strip()], module)]
    edits += [Edit(Span(row, 1, row, 1), step) for row in rows if module.lines[row - 1].strip()]
    edits[0:2] = [Edit(edits[0].span, edits[0].text + edits[1].text)]
    edits.append(Edit(Span(tried.lineno, 1, tried.lineno + 1, 1), ""))
    return Fix("Begin the `try` before it", tuple(edits), safe=False)


RULE = Rule(
    code="WSK302",
    name="await-between-register-and-try",
    severity="warning",
    help="Begin the `try` right after the registration, or register last",
    explanation=__doc__ or "",
    find=find,
    fixes="unsafe",
)
