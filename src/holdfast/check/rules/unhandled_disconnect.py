"""A receive loop lets WebSocketDisconnect out of its endpoint.

The task ends, but every client that closes its tab logs "Exception in ASGI application" with a
traceback that ends in `starlette.websockets.WebSocketDisconnect: (1000, '')`, and what stands after
the loop never runs.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    while True:
        text = await websocket.receive_text()
        await websocket.send_text(text)
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
```

Not reported: `iter_text()` and its like, which end instead of raising; a loop whose caller, task
group, decorator or context manager handles it; an application with an exception handler for it; a
task whose exception nobody looks at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.edits import replace
from holdfast.check.code.imports import naming
from holdfast.check.code.kinds import Function
from holdfast.check.code.module import Module, own_nodes, walk
from holdfast.check.facts.dependencies import needed
from holdfast.check.facts.disconnects import FOREIGN, is_receiving, receiving
from holdfast.check.facts.handling import DISCONNECT, catchers, is_caught
from holdfast.check.facts.loops import loops
from holdfast.check.facts.sockets import RECEIVES, operation
from holdfast.check.facts.visits import Conversation, Visit, conversations
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = "A client that leaves raises WebSocketDisconnect here, and nothing handles it"
# What an application says that handles the exception for all of its endpoints: an exception
# handler, or a middleware of its own.
HANDLERS = re.compile(
    r"exception_handler(\(\s*|s\s*=\s*\{[^}]*)[\w.]*WebSocketDisconnect"
    r"|await self\._?app\(\s*scope\b[^)]*\)\s*except[^\n]*WebSocketDisconnect"
)


def find(module: Module) -> Iterator[Problem]:
    """Find the first receive of each function with a loop that an endpoint lets fail."""
    seen: set[ast.AST] = set()
    for conversation in conversations(module):
        if conversation.decorated or conversation.dispatched:
            continue
        for visit in conversation.visits:
            if visit.module is module and visit.function not in seen:
                call = next(unhandled(visit, conversation), None)
                home = conversation.root.module
                if call is not None and not has_handler(home) and not has_quiet_needs(home):
                    seen.add(visit.function)
                    yield Problem(call, MESSAGE, fix(call, module))


def unhandled(visit: Visit, conversation: Conversation) -> Iterator[ast.Call]:
    """Give the calls in a function's loops whose exception leaves the endpoint."""
    module = visit.module
    if visit is not conversation.root and visit.function.decorator_list:
        return
    for loop in loops(visit.function):
        for call in receiving(loop, module) if not isinstance(loop, ast.AsyncFor) else ():
            if not operation(call, module) and found_below(call, visit):
                continue
            if leaves(call, visit, conversation.root, set()):
                yield call


def found_below(call: ast.Call, visit: Visit) -> bool:
    """Tell whether a helper has the loop, which is then what is reported."""
    children = [child for step, child in visit.children if step.node is call]
    return any(
        in_loop(one, child.module)
        for child in children
        for one in receiving(child.function, child.module)
    )


def in_loop(node: ast.AST, module: Module) -> bool:
    """Tell whether a node is in a loop that goes on with each message."""
    return isinstance(module.loop_of(node), ast.While | ast.For)


def leaves(node: ast.AST, visit: Visit, root: Visit, above: set[Visit]) -> bool:
    """Tell whether what is raised at a node of a function gets out of the endpoint."""
    if visit in above or is_caught(node, DISCONNECT | FOREIGN, visit.module):
        return False
    if visit is root:
        return True
    if visit.function.decorator_list:
        return False
    return bool(visit.callers) and all(
        step.how in {"awaited", "gathered"} and leaves(step.node, caller, root, above | {visit})
        for step, caller in visit.callers
    )


def has_handler(module: Module) -> bool:
    """Tell whether the application handles the exception: `@app.exception_handler(...)`."""
    if "disconnect handled" not in module.notes:
        module.notes["disconnect handled"] = HANDLERS.search(module.text) is not None or any(
            naming(module, HANDLERS)
        )
    return bool(module.notes["disconnect handled"])


def has_quiet_needs(module: Module) -> bool:
    """Tell whether endpoints of a file depend on a generator that swallows what they raise."""
    if "quiet needs" not in module.notes:
        module.notes["quiet needs"] = any(swallows(one.function) for one in needed(module))
    return bool(module.notes["quiet needs"])


def swallows(found: Function) -> bool:
    """Tell whether a generator catches the client's end where it yields, and does not raise it."""
    return any(
        not names.isdisjoint(DISCONNECT) and not any(isinstance(one, ast.Raise) for one in walk(at))
        for node in own_nodes(found.node)
        if isinstance(node, ast.Yield)
        for at, names in catchers(node, found.module)
    )


def fix(call: ast.Call, module: Module) -> Fix | None:
    """Make `while True: x = await ws.receive_text()` a loop over what the client sends."""
    awaited = module.parents[call]
    statement = module.parents[awaited]
    loop = module.parents.get(statement)
    if not (isinstance(loop, ast.While) and isinstance(awaited, ast.Await)) or loop.orelse:
        return None
    if loop.body[0] is not statement or not isinstance(statement, ast.Assign) or len(loop.body) < 2:
        return None
    if not isinstance(loop.test, ast.Constant) or len(statement.targets) > 1:
        return None
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method not in RECEIVES or call.args or call.keywords or more_receives(loop, call, module):
        return None
    return Fix("Iterate over what the client sends", tuple(edits(loop, statement, call, module)))


def more_receives(loop: ast.While, call: ast.Call, module: Module) -> bool:
    """Tell whether a loop receives, or sends, in a way that would raise all the same."""
    return any(
        isinstance(one, ast.Call) and one is not call and is_receiving(one, module)
        for one in walk(loop)
    )


def edits(loop: ast.While, statement: ast.Assign, call: ast.Call, module: Module) -> Iterator[Edit]:
    """Replace the loop's head, and take away its first statement."""
    assert isinstance(call.func, ast.Attribute)
    socket = ast.unparse(call.func.value)
    name = ast.unparse(statement.targets[0])
    head, test = module.span(loop), module.span(loop.test)
    method = call.func.attr.replace("receive_", "iter_")
    place = Span(head.row, head.column, test.end_row, test.end_column)
    yield Edit(place, f"async for {name} in {socket}.{method}()")
    begin, following = module.span(statement), module.span(loop.body[1])
    rest = module.lines[begin.end_row - 1][begin.end_column - 1 :]
    if begin.end_row == following.row:
        yield replace(statement, "pass", module)
    elif rest.lstrip().startswith("#"):
        column = begin.end_column + len(rest) - len(rest.lstrip())
        yield Edit(Span(begin.row, begin.column, begin.end_row, column), "")
    else:
        yield Edit(Span(begin.row, 1, begin.end_row + 1, 1), "")


RULE = Rule(
    "WSK201",
    "unhandled-disconnect",
    "warning",
    "Handle WebSocketDisconnect around the loop, or iterate: `async for text in ws.iter_text()`",
    __doc__ or "",
    find,
    "safe",
)
