"""A long loop does nothing but send, and nothing else runs until it is done.

`await websocket.send_text(...)` gives way to nobody as long as the client's buffers take it. So all
other connections, requests and pings of the process wait for the whole stream: 60,000 messages held
up an HTTP request for half a second.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    for number in range(60_000):
        await websocket.send_text(str(number))
    await websocket.close()
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    for number in range(60_000):
        await websocket.send_text(str(number))
        await asyncio.sleep(0)
    await websocket.close()
```

Not reported: a loop with another `await` in it, and `async for`; short ranges, literals, and
collections of which nothing says that they are long, be it a file, a query without a limit, what
the callers give, a list that only grows, or a name such as `rows`; a number that is compared with
another first; a send that is tried until it is done; a broadcast, which has rules of its own.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from holdfast.check.code.calls import callee, receiver
from holdfast.check.code.edits import lines_after, name_of_package
from holdfast.check.code.kinds import Function
from holdfast.check.code.module import Comprehension, Module, own_nodes
from holdfast.check.facts.broadcasts import targets
from holdfast.check.facts.deliveries import LEAVES, delivered, leaves_after
from holdfast.check.facts.lengths import MANY, goes_far, is_much
from holdfast.check.facts.numbers import times
from holdfast.check.facts.sockets import callee_name, is_peer, operation
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

BLOCKS = {"time.sleep"}


def find(module: Module) -> Iterator[Problem]:
    """Find long loops whose only awaits are sends to one client."""
    loops: list[ast.For | ast.While] = [*module.every(ast.For), *module.every(ast.While)]
    for loop in loops:
        waits = list(suspensions(loop, module))
        sends = [one for one in waits if isinstance(one, ast.Await) and only_sends(one, module)]
        if not sends or len(sends) != len(waits) or not is_long(loop, sends, module):
            continue
        if not any(is_to_many(one, loop, module) for one in sends) and not blocks(loop, module):
            message = "Nothing else runs on the event loop until this loop is done"
            yield Problem(sends[0], message, fix(sends[0], module))


def is_long(loop: ast.For | ast.While, sends: list[ast.Await], module: Module) -> bool:
    """Tell whether a loop goes over much, or has no end."""
    if isinstance(loop, ast.While):
        return goes_far(loop, module)
    if is_much(loop.iter, module):
        return True
    within = [one for one in module.ancestors(sends[0]) if isinstance(one, ast.For)]
    inner = within[: within.index(loop)]
    return bool(inner) and math.prod(times(one, module) for one in (loop, *inner)) >= MANY


def is_to_many(node: ast.Await, loop: ast.For | ast.While, module: Module) -> bool:
    """Tell whether a send goes to what a loop gives, or is tried until it is done."""
    tries = (one for one in module.ancestors(node) if isinstance(one, ast.Try))
    if any(isinstance(one, LEAVES) for each in tries for one in each.orelse):
        return True
    if leaves_after(node, loop, module):
        return True
    return any(delivered(node.value, targets(loop), module))


def suspensions(loop: ast.For | ast.While, module: Module) -> Iterator[ast.AST]:
    """Give whatever may give way within a loop."""
    tests = [loop.test] if isinstance(loop, ast.While) else []
    for part in [*tests, *loop.body]:
        for node in (part, *own_nodes(part)):
            is_async = isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith | ast.Yield)
            if is_async or (
                isinstance(node, Comprehension) and any(one.is_async for one in node.generators)
            ):
                yield node


def only_sends(node: ast.Await, module: Module) -> bool:
    """Tell whether an await is a send to one client, or a helper's that does nothing else."""
    call = node.value
    if operation(call, module) == "send":
        assert isinstance(call, ast.Call)
        return not is_peer(receiver(call), module)
    helper = callee(call, module) if isinstance(call, ast.Call) else None
    return helper is not None and helper.is_async and helper_only_sends(helper)


def helper_only_sends(helper: Function) -> bool:
    """Tell whether all that a helper waits for is a send."""
    nodes = list(own_nodes(helper.node))
    if any(isinstance(one, ast.AsyncFor | ast.AsyncWith) for one in nodes):
        return False
    awaits = [one for one in nodes if isinstance(one, ast.Await)]
    return bool(awaits) and all(
        operation(one.value, helper.module) == "send"
        and isinstance(one.value, ast.Call)
        and not is_peer(receiver(one.value), helper.module)
        for one in awaits
    )


def blocks(loop: ast.For | ast.While, module: Module) -> bool:
    """Tell whether a loop waits in a way that stops everything anyhow: that is another mistake."""
    calls = (one for one in own_nodes(loop) if isinstance(one, ast.Call))
    return any(callee_name(one, module) in BLOCKS for one in calls)


def fix(node: ast.Await, module: Module) -> Fix | None:
    """Give way behind each send."""
    statement = module.statement_of(node)
    if (
        not isinstance(statement, ast.Expr | ast.Assign)
        or module.lines[statement.lineno - 1][: statement.col_offset].strip()
    ):
        return None
    local, edits = name_of_package("asyncio", module)
    edits.append(lines_after(statement, [f"await {local}.sleep(0)"], module))
    return Fix("Add `await asyncio.sleep(0)`", tuple(edits))


RULE = Rule(
    "WSK504",
    "tight-send-loop",
    "info",
    "Add `await asyncio.sleep(0)` behind the send",
    __doc__ or "",
    find,
    "safe",
)
