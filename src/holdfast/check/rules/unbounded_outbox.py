"""What is to be sent to a client waits in a queue without a bound.

A client that reads nothing, or slower than others speak, makes its queue grow with every message:
1,800 messages of 100 KB took 180 MB in four seconds. One such client is enough to end the process.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
outboxes: set[asyncio.Queue] = set()


def publish(text: str):
    for outbox in outboxes:
        outbox.put_nowait(text)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    outbox = asyncio.Queue()
    outboxes.add(outbox)
    while True:
        await websocket.send_text(await outbox.get())
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
outboxes: set[asyncio.Queue] = set()


def publish(text: str):
    for outbox in list(outboxes):
        if outbox.full():
            outboxes.discard(outbox)  # a client that does not keep up gets no more
        else:
            outbox.put_nowait(text)


async def send(websocket: WebSocket, outbox: asyncio.Queue):
    while True:
        await websocket.send_text(await outbox.get())


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    outbox = asyncio.Queue(maxsize=100)
    outboxes.add(outbox)
    task = asyncio.create_task(send(websocket, outbox))
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        task.cancel()
        outboxes.discard(outbox)
```

Not reported: a queue with a `maxsize`, or of which the program asks the size; one that is made once
for the whole application; one that pairs an answer with a request, such as one made anew for each
message; one that only the connection's own messages go into.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.facts.queues import QUEUES, Made, drained, is_bounded, is_put_into
from holdfast.check.facts.sockets import callee_name
from holdfast.check.rules.rule import Problem, Rule

REQUESTS = {"get", "post", "put", "patch", "delete"}
MESSAGE = "This queue has no bound: a client that reads nothing makes it grow with every message"


def find(module: Module) -> Iterator[Problem]:
    """Find queues without a bound whose items are sent to a client, and which others fill."""
    seen: set[ast.AST] = set()
    for made in drained(module):
        if made.node in seen or is_bounded(made.node, made.module):
            continue
        seen.add(made.node)
        if is_put_into(made, module) and not is_shared(made):
            yield Problem(made.node if made.module is module else made.given, MESSAGE)


def is_shared(made: Made) -> bool:
    """Tell whether a queue is made once for the whole application, or for what a request began."""
    module = made.module
    owners = [
        one for one in module.ancestors(made.node) if isinstance(one, FunctionNode | ast.ClassDef)
    ]
    if any(map(is_request, owners)):
        return True
    is_one = isinstance(made.node, ast.Call) and callee_name(made.node, module) in QUEUES
    if not owners:
        return is_one  # and no `defaultdict(asyncio.Queue)`, which makes many
    match owners:
        case [ast.FunctionDef(name="__init__"), ast.ClassDef(name=name)] if is_one:
            is_kept = isinstance(module.parents[made.node], ast.Assign | ast.AnnAssign)
            return is_kept and is_made_once(name, module)
    return False


def is_request(owner: FunctionNode | ast.ClassDef) -> bool:
    """Tell whether a function answers an HTTP request: `@app.post(...)`."""
    made = (one.func for one in owner.decorator_list if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Attribute) and one.attr in REQUESTS for one in made)


def is_made_once(name: str, module: Module) -> bool:
    """Tell whether the only object of a class is made with its file."""
    made = [one for one in module.every(ast.Call) if ast.unparse(one.func) == name]
    return len(made) == 1 and module.function_of(made[0]) is None


RULE = Rule(
    "WSK403",
    "unbounded-outbox",
    "warning",
    "Give the queue a `maxsize`, and say what happens when it is full",
    __doc__ or "",
    find,
)
