"""A WebSocket is used after it was closed.

A send, and a second `close()`, raises `WebSocketDisconnected: Cannot call "send" once a close
message has been sent.`, a receive the same error with another text. It is a `RuntimeError` and no
`WebSocketDisconnect`, so the handler of disconnects does not catch it. Mostly a `return` is
missing.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, version: int = 1):
    await websocket.accept()
    if version < 2:
        await websocket.close(code=4000, reason="too old")
    await websocket.send_text("welcome")
    await websocket.close()
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, version: int = 1):
    await websocket.accept()
    if version < 2:
        await websocket.close(code=4000, reason="too old")
        return
    await websocket.send_text("welcome")
    await websocket.close()
```

Not reported: a use that its own `try`, `suppress` or test of the state guards; a helper that closes
and says so by what it returns; the raw `receive()`, which may wait for the client's answer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import lines_after
from holdfast.check.code.module import Loop, Module, own_nodes
from holdfast.check.facts.ways import (
    Place,
    Way,
    guards,
    inner_place,
    outer_place,
    tries,
    ways_through,
)
from holdfast.check.finding import Fix
from holdfast.check.flow import Event
from holdfast.check.flow.exceptions import EVERYTHING, caught_names
from holdfast.check.rules.rule import Problem, Rule

USES = ("send", "receive", "iterate", "close", "accept", "deny")
ERRORS = {"RuntimeError", "WebSocketDisconnected"}


def find(module: Module) -> Iterator[Problem]:
    """Find uses on ways that have passed a close."""
    seen: set[ast.AST] = set()
    for way in ways_through(module):
        for event in way.trace.of(*USES):
            if event.concurrent or not any(one.closed is True for one in event.states):
                continue
            where, owner = place(event, way)
            if owner is not module or where in seen or was_told(event, way):
                continue
            if not is_guarded(event, way):
                seen.add(where)
                message = "The WebSocket may be closed already; this raises then"
                yield Problem(where, message, fix(event, way) if way.module is module else None)


def place(event: Event, way: Way) -> Place:
    """Blame a helper's line if the helper itself closes before, and its call otherwise."""
    closes = (one for one in way.trace.of("close", "deny") if one.node is event.node)
    is_inside = any(inside(one, event) for one in closes)
    return inner_place(event) if is_inside else outer_place(event, way)


def was_told(event: Event, way: Way) -> bool:
    """Tell whether only helpers have closed before, whose results may have told so."""
    found, module = way.trace.of("close", "deny"), way.module
    before = [one for one in found if comes_before(one, event, module)]
    if not before:
        # Only a loop leads from the close to itself, as one over tasks of which one has failed.
        return event.operation == "close"
    return all(
        one.inner is not one.node
        and not inside(one, event)
        and not isinstance(module.statement_of(one.node), ast.Expr | ast.With | ast.AsyncWith)
        for one in before
    )


def inside(close: Event, event: Event) -> bool:
    """Tell whether both are in one helper, and the close comes first there."""
    if close.node is not event.node or close is event:
        return False
    if close.function is event.function and leaves(close):
        return False
    return close.function is not event.function or precedes(close.inner, event.inner, event.module)


def is_guarded(event: Event, way: Way) -> bool:
    """Tell whether a use expects its error: one around it that has not the close in it as well."""
    closes = [one for one in way.trace.of("close", "deny") if one.inner is not event.inner]
    inside = (
        not any(event.module.within(one.inner, [guard]) for one in closes)
        for guard in guards(event.inner, ERRORS, event.module)
    )
    around = (
        not any(way.module.within(one.node, [guard]) for one in closes)
        for guard in guards(event.node, ERRORS, way.module)
    )
    return any(inside) or any(around)


def fix(event: Event, way: Way) -> Fix | None:
    """Return after the one close that comes before, if it is the last statement of an `if`."""
    module = way.module
    before = [one for one in way.trace.of("close") if comes_before(one, event, module)]
    closes = [module.statement_of(one.node) for one in before if one.inner is one.node]
    if len(before) != 1 or not closes or gives_value(way):
        return None
    statement, parent = closes[0], module.parents[closes[0]]
    is_last = module.block_of(statement)[-1] is statement
    if not isinstance(parent, ast.If) or not isinstance(statement, ast.Expr) or not is_last:
        return None
    safe = not any(
        part == "body"
        and any((EVERYTHING | ERRORS) & caught_names(one, module) for one in outer.handlers)
        for outer, part in tries(statement, module)
    )
    return Fix("Return after the close", (lines_after(statement, ["return"], module),), safe=safe)


def comes_before(close: Event, event: Event, module: Module) -> bool:
    """Tell whether a close, and one of an open socket, may come before a use."""
    if close is event or any(one.closed is True for one in close.states):
        return False
    if close.inner is close.node and leaves(close):
        return False
    return inside(close, event) or precedes(close.node, event.node, module)


def leaves(close: Event) -> bool:
    """Tell whether nothing comes after a close, for its block returns or raises."""
    statement = close.module.statement_of(close.inner)
    block = close.module.block_of(statement)
    rest = block[block.index(statement) :]
    return any(isinstance(one, ast.Return | ast.Raise) for one in rest)


def precedes(first: ast.AST, then: ast.AST, module: Module) -> bool:
    """Tell whether one place is above another, or in a loop around both."""
    if first is not then and first.lineno < then.lineno:  # type: ignore[attr-defined]
        return True
    loops = [one for one in module.ancestors(first) if isinstance(one, Loop)]
    return any(loop in module.ancestors(then) for loop in loops)


def gives_value(way: Way) -> bool:
    """Tell whether a function returns anything, so that a plain `return` is not enough."""
    returns = (one.value for one in own_nodes(way.function) if isinstance(one, ast.Return))
    return any(one and not (isinstance(one, ast.Constant) and one.value is None) for one in returns)


RULE = Rule(
    "WSK113",
    "use-after-close",
    "error",
    "Return, or leave the loop, after the close",
    __doc__ or "",
    find,
    "safe",
)
