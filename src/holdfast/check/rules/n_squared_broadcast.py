"""Each connection has a timer, or a subscription, of its own that sends to all connections.

With n clients each of them gets every message n times, and the server sends n times n: ten clients
cost a hundred sends a tick, and a thousand cost a million.

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
    while True:
        for client in list(clients):
            await client.send_text("tick")
        await asyncio.sleep(1)
```

Right:

```python
import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

clients: set[WebSocket] = set()


async def tick():
    while True:
        for client in list(clients):
            try:
                await asyncio.wait_for(client.send_text("tick"), timeout=5)
            except Exception:
                clients.discard(client)
        await asyncio.sleep(1)


@asynccontextmanager
async def lifespan(app: FastAPI):
    task = asyncio.create_task(tick())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    clients.add(websocket)
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        clients.discard(websocket)
```

Not reported: a loop that receives (what a client says goes to all once); a connection that is not
among those who are told, as a sensor's; a timer that sends to its own client; one that is begun
under a condition, as by the first client.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes
from holdfast.check.facts.broadcasts import broadcasts
from holdfast.check.facts.loops import loops
from holdfast.check.facts.registries import registered
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import callee_name, uses
from holdfast.check.rules.rule import Problem, Rule

TIMERS = {"asyncio.sleep", "anyio.sleep"}
# A subscription of its own brings each connection every message.
SUBSCRIBED = re.compile(r"pubsub|listen\(|subscri")
DEPTH = 3
TAKES = {"receive", "raw_receive", "iterate"}
MESSAGE = "Every connection does this for all of them, so each client gets it once per connection"


def find(module: Module) -> Iterator[Problem]:
    """Find timers that send to all, in an endpoint or begun by one."""
    seen: set[ast.AST] = set()
    for endpoint in endpoints(module):
        function = endpoint.function
        found = list(timed(function, module))
        for call in own_nodes(function):
            if isinstance(call, ast.Call) and is_always_done(call, module):
                found += begun(call, module)
        # One that is not among those who are told may be the only one who tells.
        is_member = found and registered(function, module)
        for node in found:
            if is_member and node not in seen:
                seen.add(node)
                yield Problem(node, MESSAGE)


def begun(call: ast.Call, module: Module) -> list[ast.AST]:
    """Find the timers in the function that a call runs; of another file, the call says it."""
    helper = callee(call, module)
    if helper is None:
        return []
    found = list(timed(helper.node, helper.module))
    return found if helper.module is module or not found else [call]


def timed(function: FunctionNode, module: Module) -> Iterator[ast.AST]:
    """Find what sends to all in a function's loops that a timer drives, and no client."""
    for loop in loops(function):
        is_driven = (isinstance(loop, ast.While) and sleeps(loop, module)) or (
            isinstance(loop, ast.AsyncFor) and SUBSCRIBED.search(ast.unparse(loop.iter))
        )
        if not is_driven:
            continue
        if found := next((one for one in own_nodes_of(loop) if to_all(one, module)), None):
            used = (one for one in uses(function, module) if one.operation in TAKES)
            if not any(module.within(one.call, loop.body) for one in used):
                yield found


def to_all(node: ast.AST, module: Module, depth: int = 0) -> bool:
    """Tell whether a node is a broadcast, or calls a function that is one."""
    if any(one.loop is node or one.node is node for one in broadcasts(module)):
        return True
    if not isinstance(node, ast.Call) or depth > DEPTH:
        return False
    helper = callee(node, module)
    return helper is not None and any(
        to_all(one, helper.module, depth + 1) for one in own_nodes(helper.node)
    )


def sleeps(loop: Loop, module: Module) -> bool:
    """Tell whether a loop waits for some time in each round."""
    calls = (one for one in own_nodes_of(loop) if isinstance(one, ast.Call))
    return any(callee_name(one, module) in TIMERS for one in calls)


def own_nodes_of(loop: Loop) -> Iterator[ast.AST]:
    """Walk the body of a loop, without what is nested in it."""
    for statement in loop.body:
        yield statement
        if not isinstance(statement, FunctionNode):
            yield from own_nodes(statement)


def is_always_done(call: ast.Call, module: Module) -> bool:
    """Tell whether each run of a function comes by a call, and once."""
    for parent in module.ancestors(call):
        if isinstance(parent, FunctionNode):
            return True
        if isinstance(parent, ast.If | ast.IfExp | ast.BoolOp | Loop | ast.ExceptHandler):
            return False
    return False


RULE = Rule(
    "WSK311",
    "n-squared-broadcast",
    "warning",
    "Run one timer for all, begun in the lifespan; or send to this connection's own client only",
    __doc__ or "",
    find,
)
