"""A loop swallows the errors of its sends and goes on.

After the client has left, each send raises: `WebSocketDisconnect` once, then
`WebSocketDisconnected`, which is a `RuntimeError`. A handler in the loop that lets it go round
again makes a task that nothing ends, on Uvicorn as well. If the handler is for
`WebSocketDisconnect` alone, the second send ends the endpoint with a traceback.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def tick(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            await websocket.send_text("tick")
        except Exception:
            pass
        await asyncio.sleep(1)
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket


async def send_ticks(websocket: WebSocket):
    while True:
        try:
            await websocket.send_text("tick")
        except Exception:
            break
        await asyncio.sleep(1)


app = FastAPI()


@app.websocket("/ws")
async def tick(websocket: WebSocket):
    await websocket.accept()
    sender = asyncio.create_task(send_ticks(websocket))
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        sender.cancel()
```

A loop that counts to a number nobody waits for, such as `10**9`, is one without an end. A helper
that nobody calls is looked at by itself, where no file of the program reads.

Not reported: a handler that leaves the loop, raises, or sets a flag that the loop looks at; a loop
that looks at `application_state`, which a failed send changes; a loop over many peers; a loop
beside which somebody receives, who may cancel its task.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.edits import replace
from holdfast.check.code.module import Loop, Module, own_nodes
from holdfast.check.facts.handling import (
    DISCONNECT,
    Try,
    exits,
    first_catcher,
    following,
    goes_on,
    inside,
    is_idle,
)
from holdfast.check.facts.loops import goes_on_by_itself
from holdfast.check.facts.sockets import is_peer, operation
from holdfast.check.facts.unread import unread_loops
from holdfast.check.facts.visits import Visit
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = "The loop goes on when sending fails, so it does not end when the client has left"


def find(module: Module) -> Iterator[Problem]:
    """Find what swallows the errors of an endless loop's sends."""
    for loop, visit, _ in unread_loops(module, goes_on_by_itself, dropped=True):
        if looks_at_state(loop, module):
            continue
        seen: set[ast.AST] = set()
        for call in own_sends(loop, visit):
            where = swallower(call, loop, module)
            if where is not None and where not in seen:
                seen.add(where)
                yield Problem(where, MESSAGE, fix(where, module))
        for call in quiet_helpers(loop, visit):
            yield Problem(call, MESSAGE)


def looks_at_state(loop: Loop, module: Module) -> bool:
    """Tell whether a loop ends by the state that a send which fails changes."""
    if isinstance(loop, ast.While) and "application_state" in ast.unparse(loop.test):
        return True
    return any(
        isinstance(one, ast.If)
        and "application_state" in ast.unparse(one.test)
        and any(exits([*one.body, *one.orelse], loop, module))
        for one in inside(loop.body)
    )


def own_sends(loop: Loop, visit: Visit) -> Iterator[ast.Call]:
    """Give the sends to the one client, in a loop or in one inside it that has an end."""
    module = visit.module
    for node in inside(loop.body):
        if isinstance(node, ast.Call) and operation(node, module) == "send":
            if is_of(node, loop, module) and not is_peer(receiver(node), module):
                yield node
        elif isinstance(node, ast.Call) and helper_sends(node, visit, swallowed=False):
            if module.loop_of(node) is loop:
                yield node


def is_of(node: ast.AST, loop: Loop, module: Module) -> bool:
    """Tell whether a node is repeated by a loop, and by no other one that might have no end."""
    inner = module.loop_of(node)
    while inner is not None and inner is not loop and isinstance(inner, ast.For):
        inner = module.loop_of(inner)
    return inner is loop


def swallower(call: ast.AST, loop: Loop, module: Module) -> ast.AST | None:
    """Find what catches a send's error in a loop, and lets it go round."""
    found = first_catcher(call, DISCONNECT, module)
    if found is None or "?" in found[1] or loop not in module.ancestors(found[0]):
        return None
    where = found[0]
    inner = module.loop_of(where)
    if inner is not None and inner is not loop:
        if any(any(exits([one], loop, module)) for one in following(inner, loop, module)):
            return None  # the loop inside may have told this one that it is the end
    if isinstance(where, ast.ExceptHandler):
        return where if goes_on(where, loop, module) else None
    return where


def quiet_helpers(loop: Loop, visit: Visit) -> Iterator[ast.Call]:
    """Give the calls in a loop of helpers that swallow the error and do not tell of it."""
    module = visit.module
    for node in inside(loop.body):
        if isinstance(node, ast.Call) and isinstance(module.parents.get(node), ast.Await):
            statement = module.parents[module.parents[node]]
            if isinstance(statement, ast.Expr) and helper_sends(node, visit, swallowed=True):
                yield node


def helper_sends(call: ast.Call, visit: Visit, *, swallowed: bool) -> bool:
    """Tell whether a helper sends to the one client, and whether it swallows what is raised."""
    for step, child in visit.children:
        if step.node is call and step.how == "awaited":
            sends = list(direct_sends(child))
            quiet = [one for one in sends if is_quiet(one, child)]
            if sends and len(quiet) == (len(sends) if swallowed else 0):
                return True
    return False


def direct_sends(visit: Visit) -> Iterator[ast.Call]:
    """Give the sends of a helper that are not to one of many."""
    module = visit.module
    for node in own_nodes(visit.function):
        if isinstance(node, ast.Call) and operation(node, module) == "send":
            if not is_peer(receiver(node), module) and module.loop_of(node) is None:
                yield node


def is_quiet(call: ast.AST, visit: Visit) -> bool:
    """Tell whether a helper catches a send's error and says nothing that anybody asks for."""
    module = visit.module
    found = first_catcher(call, DISCONNECT, module)
    if found is None or "?" in found[1]:
        return False
    if not isinstance(found[0], ast.ExceptHandler):
        return True
    # One that does more than to log, or to count, may well tell the loop in another way.
    return all(
        is_idle(one) or is_unasked(one, module) or returns_constant(one) for one in found[0].body
    )


def returns_constant(statement: ast.stmt) -> bool:
    """Tell whether a statement is `return False`, which a caller may leave unread."""
    return isinstance(statement, ast.Return) and isinstance(statement.value, ast.Constant)


def is_unasked(statement: ast.stmt, module: Module) -> bool:
    """Tell whether a statement counts what no condition of the file looks at."""
    if not isinstance(statement, ast.AugAssign):
        return False
    target = statement.target
    name = target.attr if isinstance(target, ast.Attribute) else ast.unparse(target)
    word = re.compile(rf"\b{re.escape(name)}\b")
    conditions = module.every(ast.If, ast.While, ast.IfExp, ast.Compare, ast.Return, ast.Match)
    asked = (getattr(one, "test", one) for one in conditions)
    return not any(word.search(ast.unparse(one)) for one in asked)


def fix(where: ast.AST, module: Module) -> Fix | None:
    """Leave the loop, where the handler does nothing else and the try only sends."""
    if not isinstance(where, ast.ExceptHandler) or len(where.body) > 1:
        return None
    around = module.parents[where]
    assert isinstance(around, Try)
    if len(around.body) > 1 or not isinstance(where.body[0], ast.Pass | ast.Continue):
        return None
    if isinstance(around, ast.TryStar):
        return None
    return Fix("Leave the loop", (replace(where.body[0], "break", module),))


RULE = Rule(
    "WSK205",
    "swallowed-send-error",
    "error",
    "Leave the loop when a send fails",
    __doc__ or "",
    find,
    "safe",
)
