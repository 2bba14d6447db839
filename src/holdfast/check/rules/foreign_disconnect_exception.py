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
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import insert_after, insert_before
from holdfast.check.code.kinds import Library, Made, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.code.names import disconnect_name
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.handling import inside
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import Use, operation, uses
from holdfast.check.facts.ways import guards
from holdfast.check.finding import Fix
from holdfast.check.flow import trace
from holdfast.check.flow.exceptions import (
    EVERYTHING,
    caught_names,
    is_suppress,
    named_tuple,
    type_names,
)
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = "never sees a client leave; WebSocketDisconnect tells of it"
NEVER = {"RuntimeError", "ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError",
         "ConnectionError", "OSError", "IOError", "EOFError"}  # fmt: skip
TALKS = {"receive", "send"}
# What only a connection of the websockets library has.
CLIENT = {"recv", "ping", "pong", "wait_closed"}
DEEPEST = 3
# How a handler says that it takes an error for the client's end.
TELLS = re.compile(
    r"disconnect|client|websocket|\b(left|leav|gone|unregister|discard|remove)", re.IGNORECASE
)
WRAPS = {"wait_for", "shield"}
SYSTEM = {"OSError", "IOError", "EOFError"}
# What raises none of these.
CALM = ("asyncio.sleep", "asyncio.Queue", "asyncio.Event", "asyncio.Lock", "anyio.sleep")


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
            if is_for_others(handler, node, module):
                continue
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
    # In capitals it may be a tuple that the file keeps.
    return any(
        one in NEVER or "Closed" in one or "WebSocket" in one or one.isupper() for one in names
    )


def is_foreign(handler: ast.ExceptHandler, module: Module) -> bool:
    """Tell whether a handler names exceptions of websockets, or of plain sockets."""
    if handler.type is None:
        return False
    return of_websockets(handler.type, module) or caught_names(handler, module) <= NEVER


def is_for_others(handler: ast.ExceptHandler, node: ast.Try, module: Module) -> bool:
    """Tell whether a handler of plain errors is for those of something else in its try."""
    if handler.type is None or of_websockets(handler.type, module):
        return False
    answers = (one for one in inside(handler.body) if isinstance(one, ast.Call))
    if any(operation(one, module) == "send" for one in answers):
        return True  # to whom, if the client were gone?
    names = caught_names(handler, module)
    if TELLS.search("\n".join(module.lines[handler.lineno : handler.body[-1].end_lineno])):
        return False  # its comments say so, too
    return any(is_strange(one, names, module) for one in inside(node.body))


def is_strange(node: ast.AST, names: set[str], module: Module, depth: int = 0) -> bool:
    """Tell whether something else than a WebSocket may raise one of these here."""
    if isinstance(node, ast.Raise):
        return (
            depth > 0
            and node.exc is not None
            and any(one in ast.unparse(node.exc) for one in names)
        )
    if not isinstance(node, ast.Call) or operation(node, module):
        return False
    if found := callee(node, module):
        nodes = own_nodes(found.node) if depth < DEEPEST else ()
        return any(is_strange(one, names, found.module, depth + 1) for one in nodes)
    if last_name(node.func) in WRAPS:
        return False  # what it is given is asked for
    parent = module.parents[node]
    if isinstance(parent, ast.Call) and last_name(parent.func) in WRAPS:
        parent = module.parents[parent]
    if not isinstance(parent, ast.Await | ast.AsyncFor | ast.withitem):
        return not names.isdisjoint(SYSTEM) and last_name(node.func).startswith(
            ("open", "read", "write")
        )
    kind = inference(module).kind(node.func, module)
    name = kind.name if isinstance(kind, Library | Made) else module.qualify(node.func)
    return not name.startswith(CALM)


def is_foreign_suppress(call: ast.expr, module: Module) -> bool:
    """Tell whether a context manager suppresses exceptions of websockets, and not the right one."""
    if not isinstance(call, ast.Call) or not is_suppress(call, module):
        return False
    wanted = EVERYTHING | {"WebSocketDisconnect", "?"}
    names = {name for one in call.args for name in type_names(one, module)}
    return any(of_websockets(one, module) for one in call.args) and not names & wanted


def of_websockets(types: ast.expr, module: Module) -> bool:
    """Tell whether one of these is an exception of the websockets library."""
    if not isinstance(types, ast.Tuple) and (found := named_tuple(types, module)):
        types, module = found
    given = types.elts if isinstance(types, ast.Tuple | ast.List) else [types]
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
    nodes = [inner for statement in node.body for inner in walk(statement)]
    if any(isinstance(one, ast.AsyncFor) and not isinstance(one.iter, ast.Call) for one in nodes):
        return True
    return any(is_of_client(one, module) for one in nodes)


def is_of_client(node: ast.AST, module: Module, depth: int = 0) -> bool:
    """Tell whether something uses a connection of the websockets library, itself or in helpers."""
    if isinstance(node, ast.Call) and depth < DEEPEST and (found := callee(node, module)):
        return any(is_of_client(one, found.module, depth + 1) for one in own_nodes(found.node))
    if isinstance(node, ast.Attribute) and node.attr in CLIENT:
        return True
    return isinstance(node, ast.Name | ast.Attribute) and is_of_websockets(node, module)


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
