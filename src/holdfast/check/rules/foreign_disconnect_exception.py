"""A client's leaving is caught by an exception that never tells of it.

An endpoint is told by `WebSocketDisconnect`, from a receive and, on uvicorn, from a send. The
exceptions of the `websockets` library, such as `ConnectionClosed`, stay inside of the server, which
turns them into that; and `WebSocketDisconnect` is no `RuntimeError` and no `OSError`. So the
handler never runs when a client leaves, and each one that does is logged as `Exception in ASGI
application`.

Wrong:

```python
from fastapi import FastAPI, WebSocket
from websockets.exceptions import ConnectionClosed

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            print(await websocket.receive_text())
    except ConnectionClosed:
        print("gone")
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            print(await websocket.receive_text())
    except WebSocketDisconnect:
        print("gone")
```

Not reported: a `try` that also uses a connection of the `websockets` library, as a proxy does;
where `WebSocketDisconnect` is caught as well, here or further out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import insert_after, insert_before
from holdfast.check.code.kinds import Library, Made, inference
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.code.names import disconnect_name
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import Use, uses
from holdfast.check.facts.ways import guards
from holdfast.check.finding import Fix
from holdfast.check.flow import trace
from holdfast.check.flow.exceptions import EVERYTHING, caught_names, is_suppress, type_names
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = "never sees a client leave; WebSocketDisconnect tells of it"
NEVER = {"RuntimeError", "ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError",
         "ConnectionError", "OSError", "IOError", "EOFError"}  # fmt: skip
TALKS = {"receive", "send"}
# What only a connection of the websockets library has.
CLIENT = {"recv", "ping", "pong", "wait_closed"}


def find(module: Module) -> Iterator[Problem]:
    """Find such handlers over what is done with a WebSocket."""
    if not module.uses_framework:
        return
    for node in module.every(ast.Try):
        named = [one for one in node.handlers if one.type and may_be_foreign(one.type)]
        foreign = [one for one in named if is_foreign(one, module)]
        is_theirs = any(of_websockets(one.type, module) for one in foreign if one.type)
        if not foreign or handles(node, module) or not is_unhandled(node, module, is_theirs):
            continue
        for handler in foreign:
            names = ast.unparse(handler.type) if handler.type else ""
            yield Problem(handler, f"`except {names}` {MESSAGE}", fix(handler, module))
    for block in module.every(ast.With):
        if any(is_foreign_suppress(one.context_expr, module) for one in block.items):
            if is_unhandled(block, module, is_theirs=True):
                yield Problem(block, f"This `suppress` {MESSAGE}")


def may_be_foreign(types: ast.expr) -> bool:
    """Tell by the names alone whether to look closer."""
    given = types.elts if isinstance(types, ast.Tuple) else [types]
    names = [one.attr if isinstance(one, ast.Attribute) else ast.unparse(one) for one in given]
    return any(one in NEVER or "Closed" in one or "WebSocket" in one for one in names)


def is_foreign(handler: ast.ExceptHandler, module: Module) -> bool:
    """Tell whether a handler names exceptions of websockets, or of plain sockets."""
    if handler.type is None:
        return False
    return of_websockets(handler.type, module) or caught_names(handler, module) <= NEVER


def is_foreign_suppress(call: ast.expr, module: Module) -> bool:
    """Tell whether a context manager suppresses exceptions of websockets, and not the right one."""
    if not isinstance(call, ast.Call) or not is_suppress(call, module):
        return False
    wanted = EVERYTHING | {"WebSocketDisconnect", "?"}
    names = {name for one in call.args for name in type_names(one, module)}
    return any(of_websockets(one, module) for one in call.args) and not names & wanted


def of_websockets(types: ast.expr, module: Module) -> bool:
    """Tell whether one of these is an exception of the websockets library."""
    given = types.elts if isinstance(types, ast.Tuple) else [types]
    return any(module.qualify(one).startswith("websockets.") for one in given)


def is_unhandled(node: ast.Try | ast.With, module: Module, is_theirs: bool) -> bool:
    """Tell whether a client's leaving comes out of a block, and nobody further out catches it."""
    function = module.function_of(node)
    if function is None or any(guards(node, {"WebSocketDisconnect"}, module)):
        return False
    talks = [one for one in uses(function, module) if in_body(one, node, module)]
    if not talks or uses_client(node, module):
        return False
    if is_theirs and all(one.peer for one in talks):
        return True  # whoever catches it further out takes it for the end of another connection
    return comes_out(function, module, of_websockets=is_theirs)


def in_body(use: Use, node: ast.Try | ast.With, module: Module) -> bool:
    """Tell whether a receive or send is in the body of a try, and in no task beside."""
    return use.operation in TALKS and not use.concurrent and module.within(use.call, node.body)


def handles(node: ast.Try, module: Module) -> bool:
    """Tell whether a try has a handler that a client's leaving does get to."""
    wanted = EVERYTHING | {"WebSocketDisconnect", "?"}
    return any(wanted & caught_names(one, module) for one in node.handlers)


def uses_client(node: ast.Try | ast.With, module: Module) -> bool:
    """Tell whether a try may use a connection of the websockets library as well."""
    for one in [inner for statement in node.body for inner in walk(statement)]:
        if isinstance(one, ast.Attribute) and one.attr in CLIENT:
            return True
        if isinstance(one, ast.AsyncFor) and not isinstance(one.iter, ast.Call):
            return True
        if isinstance(one, ast.Name | ast.Attribute) and is_of_websockets(one, module):
            return True
    return False


def is_of_websockets(node: ast.expr, module: Module) -> bool:
    """Tell whether an expression belongs to the websockets library."""
    kind = inference(module).kind(node, module)
    return isinstance(kind, Library | Made) and kind.name.partition(".")[0] == "websockets"


def comes_out(function: FunctionNode, module: Module, *, of_websockets: bool) -> bool:
    """Tell whether a client's leaving comes out of an endpoint; of a helper it may be caught.

    A handler of websockets' exceptions is dead in a helper, too, unless somebody knows better.
    """
    for endpoint in endpoints(module):
        if endpoint.function is function:
            raised = trace(endpoint).raises
            return bool(raised.get("disconnect") or raised.get("lost"))
    if "WebSocketDisconnect" in module.text:
        return False
    # Of plain errors somebody further out may catch the right one.
    return of_websockets or not any(
        EVERYTHING & caught_names(one, module) for one in module.every(ast.ExceptHandler)
    )


def fix(handler: ast.ExceptHandler, module: Module) -> Fix | None:
    """Name Starlette's exception as well."""
    kind = handler.type
    if kind is None:
        return None
    name, imports = disconnect_name(module)
    if isinstance(kind, ast.Tuple):
        edits = [insert_after(kind.elts[-1], f", {name}", module)]
    else:
        edits = [insert_before(kind, "(", module), insert_after(kind, f", {name})", module)]
    return Fix("Catch WebSocketDisconnect as well", (*edits, *imports), safe=handler.name is None)


RULE = Rule(
    "WSK209",
    "foreign-disconnect-exception",
    "warning",
    "Catch `WebSocketDisconnect`",
    __doc__ or "",
    find,
    "safe",
)
