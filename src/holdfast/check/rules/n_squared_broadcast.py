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

Not reported: what is done when a message came (what a client says goes to all once); a connection
that is not among those who are told, as a sensor's; a timer that sends to its own client; one that
is begun under a condition, as by the first client.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, walk
from holdfast.check.facts.broadcasts import broadcasts
from holdfast.check.facts.handling import inside
from holdfast.check.facts.loops import loops
from holdfast.check.facts.registries import registered
from holdfast.check.facts.routes import endpoints, is_websocket_endpoint
from holdfast.check.facts.sockets import callee_name, is_socket, operation, uses
from holdfast.check.flow.exceptions import caught_names
from holdfast.check.rules.rule import Problem, Rule

TIMERS = {"asyncio.sleep", "anyio.sleep"}
# A subscription of its own brings each connection every message.
SUBSCRIBED = re.compile(r"pubsub|listen\(|subscri")
EVENTS = {"asyncio.Event.wait", "asyncio.locks.Event.wait"}
LEAVES = ast.Continue | ast.Break | ast.Return | ast.Raise
DEPTH = 3
TAKES = {"receive", "raw_receive", "iterate"}
MESSAGE = "Every connection does this for all of them, so each client gets it once per connection"


def find(module: Module) -> Iterator[Problem]:
    """Find timers that send to all, in an endpoint or begun by one."""
    seen: set[ast.AST] = set()
    for function in [*(one.function for one in endpoints(module)), *connecting(module)]:
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


def connecting(module: Module) -> Iterator[FunctionNode]:
    """Give the methods by which endpoint classes begin with a connection."""
    for node in module.every(ast.ClassDef):
        if node.bases and is_websocket_endpoint(node, module):
            methods = (one for one in node.body if isinstance(one, FunctionNode))
            yield from (one for one in methods if one.name == "on_connect")


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
        polls = list(polling(loop, module)) if isinstance(loop, ast.While) else []
        is_driven = (isinstance(loop, ast.While) and (polls or sleeps(loop, module))) or (
            isinstance(loop, ast.AsyncFor)
            and (SUBSCRIBED.search(ast.unparse(loop.iter)) or is_clock(loop.iter, module))
        )
        if not is_driven:
            continue
        # What is done when something came is no timer's doing.
        answers = [statement for one in polls for statement in (*one.body, *one.orelse)]
        nodes = (one for one in own_nodes_of(loop) if not module.within(one, answers))
        if found := next((one for one in nodes if to_all(one, module)), None):
            used = (one for one in uses(function, module) if one.operation in TAKES)
            rest = (one for one in used if not module.within(one.call, answers))
            if not any(module.within(one.call, loop.body) for one in rest):
                yield found


def is_clock(source: ast.expr, module: Module) -> bool:
    """Tell whether a generator of the project gives something now and then, by itself."""
    helper = callee(source, module) if isinstance(source, ast.Call) else None
    if helper is None or any(is_socket(one, module) for one in walk(source)):
        return False
    gives = any(isinstance(one, ast.Yield) for one in own_nodes(helper.node))
    endless = (one for one in loops(helper.node) if isinstance(one, ast.While))
    return gives and any(sleeps(one, helper.module) for one in endless)


def polling(loop: Loop, module: Module) -> Iterator[ast.Try]:
    """Give the `try` that waits for a message no longer than for some time, and goes on."""
    for node in own_nodes_of(loop):
        if isinstance(node, ast.Try) and any(is_poll(one, module) for one in inside(node.body)):
            late = [one for one in node.handlers if "TimeoutError" in caught_names(one, module)]
            if late and not isinstance(late[0].body[-1], LEAVES) and not is_asked(node, loop):
                yield node


def is_asked(poll: ast.Try, loop: Loop) -> bool:
    """Tell whether a loop asks of something that a `try` gave a name, such as what came."""
    given = {name for one in (poll, *inside(poll.body)) for name in stored(one)}
    given |= {name for each in poll.handlers for one in inside(each.body) for name in stored(one)}
    tests = (one.test for one in own_nodes_of(loop) if isinstance(one, ast.If | ast.IfExp))
    matched = (one.subject for one in own_nodes_of(loop) if isinstance(one, ast.Match))
    asked = [*tests, *matched]
    return any(
        isinstance(one, ast.Name) and one.id in given for each in asked for one in walk(each)
    )


def stored(node: ast.AST) -> set[str]:
    """Give the name that a node is, if it is given a value."""
    is_goal = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    return {node.id} if is_goal else set()  # type: ignore[attr-defined]


def is_poll(node: ast.AST, module: Module) -> bool:
    """Tell whether a node waits for a message, or an event, with a deadline."""
    if isinstance(node, ast.AsyncWith):
        names = (callee_name(one.context_expr, module) for one in node.items)
        takes = (operation(one, module) in TAKES for one in own_nodes(node))
        return "asyncio.timeout" in names and any(takes)
    if not isinstance(node, ast.Call) or callee_name(node, module) != "asyncio.wait_for":
        return False
    waited = node.args[0] if node.args else None
    is_event = callee_name(waited, module) in EVENTS
    return is_event or operation(waited, module) in TAKES if waited else False


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
    calls = [one for one in own_nodes_of(loop) if isinstance(one, ast.Call)]
    return any(
        callee_name(one, module) in TIMERS
        or (callee_name(one, module) == "asyncio.wait" and is_limited(one))
        for one in calls
    )


def is_limited(call: ast.Call) -> bool:
    """Tell whether a call has a `timeout=`."""
    return any(one.arg == "timeout" for one in call.keywords)


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
