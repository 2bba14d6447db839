"""`WebSocketDisconnect` is raised by hand, as if it closed the connection.

It tells an endpoint that the client has left, and nobody turns it into a close frame. So the code
never arrives: uvicorn drops the connection, the client sees 1006, and the log has a traceback. In a
dependency, before the handshake is accepted, it is HTTP 500. `WebSocketDisconnect("text")` even
puts the text in the place of the code.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        if text == "bye":
            raise WebSocketDisconnect(code=4000)
        await websocket.send_text(text)
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketException

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        if text == "bye":
            raise WebSocketException(code=4000)
        await websocket.send_text(text)
```

Not reported: what turns the message `websocket.disconnect`, or another sign that the client has
left, into the exception; one that is caught where the connection is closed; classes that stand for
a WebSocket; tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import import_of, replace
from holdfast.check.code.guess import LIKELY
from holdfast.check.code.kinds import inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters, walk
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.callers import calls_of
from holdfast.check.facts.dependencies import needed
from holdfast.check.facts.registries import ADDS, REMOVES
from holdfast.check.facts.sockets import is_socket, operation, uses
from holdfast.check.facts.suites import is_test
from holdfast.check.finding import Fix
from holdfast.check.flow.exceptions import caught_names
from holdfast.check.rules.rule import Problem, Rule

NAMES = {
    "fastapi.WebSocketDisconnect",
    "fastapi.websockets.WebSocketDisconnect",
    "starlette.websockets.WebSocketDisconnect",
}
# What is raised when a connection is found to be lost: to say it in one way is no mistake.
SIGNS = {
    "WebSocketDisconnect", "WebSocketDisconnected", "RuntimeError", "ConnectionError", "OSError",
    "ConnectionResetError", "BrokenPipeError", "ConnectionClosed", "ConnectionClosedOK",
    "ConnectionClosedError", "ClosedResourceError", "BrokenResourceError", "EndOfStream",
    "CancelledError", "Disconnected", "ClientDisconnected", "IncompleteReadError", "QueueShutDown",
}  # fmt: skip
GUARDS = re.compile(
    r"disconnect|connected|client_state|application_state|clos(?:ed|ing)|\bgone\b|hung_?up",
    re.IGNORECASE,
)
MESSAGES = {"websocket.disconnect", "websocket.receive"}
METHODS = re.compile(r"_?(?:receive|send|iter|raise|recv|read)(?:_|$)")
# The defaults of a dependency's parameters.
PARAMETERS = {
    f"fastapi.{name}" for name in ("Depends", "Security", "Query", "Header", "Cookie", "Path")
}
CATCHES = {"WebSocketDisconnect", "Exception", "BaseException"}


def find(module: Module) -> Iterator[Problem]:
    """Find such raises that say nothing about a client that has left."""
    if is_test(module):
        return
    for node in module.every(ast.Raise):
        raised = made_before(node.exc, module)
        made = raised.func if isinstance(raised, ast.Call) else raised
        if made is None or module.qualify(made) not in NAMES:
            continue
        function = module.function_of(node)
        if function is None or is_conversion(node, function, module):
            continue
        if not ends_a_connection(function, module) or is_closed_before(node, module):
            continue
        catcher = catcher_of(node, module)
        if is_closed_by(catcher, module) or is_closed_by_callers(function, module):
            continue
        message = "This closes nothing: the client never sees this code"
        is_here = raised is node.exc and not catcher
        yield Problem(node, message, fix(node, module) if is_here else None)


def made_before(raised: ast.expr | None, module: Module) -> ast.AST | None:
    """Find the call that makes what is raised, where it has a name of its own."""
    if isinstance(raised, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(raised)
        if len(bindings) == 1 and bindings[0].how == "value":
            made = bindings[0].source
            return made if isinstance(made, ast.Call) else raised
    return raised


def is_conversion(node: ast.Raise, function: FunctionNode, module: Module) -> bool:
    """Tell whether the exception says what something else has said: that the client has left."""
    if is_stand_in(function, module) or is_told(node) or is_waited_for(node, module):
        return True
    if any(is_message(one, module) for one in own_nodes(function)):
        return True
    for parent in module.ancestors(node):
        if parent is function:
            return False
        if isinstance(parent, ast.ExceptHandler) and not caught_names(parent, module).isdisjoint(
            SIGNS
        ):
            return True
        test = getattr(parent, "test", None)
        if isinstance(test, ast.expr) and GUARDS.search(ast.unparse(test)):
            return True
    return False


def is_stand_in(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function is a method that a WebSocket has, of a class that stands for one."""
    return isinstance(module.parents[function], ast.ClassDef) and bool(METHODS.match(function.name))


def is_told(node: ast.Raise) -> bool:
    """Tell whether the code is taken from somewhere: `WebSocketDisconnect(message["code"])`."""
    inner = list(walk(node.exc)) if isinstance(node.exc, ast.Call) else []
    keys = [one.slice for one in inner if isinstance(one, ast.Subscript)]
    keys += [one.args[0] for one in inner if isinstance(one, ast.Call) and one.args]
    return any(isinstance(one, ast.Constant) and one.value == "code" for one in keys)


def is_waited_for(node: ast.Raise, module: Module) -> bool:
    """Tell whether a sign that the client has left is waited for right before."""
    block = module.block_of(node)
    before = block[: block.index(node)]
    waits = [one.value for one in before if isinstance(one, ast.Expr)]
    return any(isinstance(one, ast.Await) and GUARDS.search(ast.unparse(one)) for one in waits)


def is_message(node: ast.AST, module: Module) -> bool:
    """Tell whether a node is about ASGI's own messages."""
    if isinstance(node, ast.Constant):
        return node.value in MESSAGES if isinstance(node.value, str) else False
    return isinstance(node, ast.Call) and operation(node, module) == "raw_receive"


def catcher_of(node: ast.AST, module: Module) -> ast.Try | None:
    """Find the `try` of the same function that catches the exception."""
    below = node
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode):
            return None
        if isinstance(parent, ast.Try) and below in parent.body:
            names = {name for one in parent.handlers for name in caught_names(one, module)}
            if not names.isdisjoint(CATCHES):
                return parent
        below = parent
    return None


def ends_a_connection(function: FunctionNode, module: Module, depth: int = 2) -> bool:
    """Tell whether a function has a connection to end: a WebSocket, or a route that needs it.

    So has one that has none itself, but is called by a function that has.
    """
    things = (one for one in own_nodes(function) if isinstance(one, ast.Name | ast.Attribute))
    if any(is_socket(one, module) for one in things):
        return True
    names = {one.arg for one, _ in parameters(function)}
    if names & LIKELY or any(one.function.node is function for one in needed(module)):
        return True
    outer = module.function_of(function)
    if outer is not None and ends_a_connection(outer, module):
        return True
    defaults = [one.func for _, one in parameters(function) if isinstance(one, ast.Call)]
    if any(module.qualify(one) in PARAMETERS for one in defaults):
        return True
    return depth > 0 and any(
        one.function is not None and ends_a_connection(one.function, one.module, depth - 1)
        for one in calls_of(function, module)
        if not is_test(one.module)
    )


def is_closed_before(node: ast.Raise, module: Module) -> bool:
    """Tell whether the connection is closed right before: then the raise only leaves."""
    block = module.block_of(node)
    before = [one.value for one in block[: block.index(node)] if isinstance(one, ast.Expr)]
    waits = [one.value for one in before if isinstance(one, ast.Await)]
    return any(isinstance(one, ast.Call) and may_close(one, module) for one in waits)


def is_closed_by(catcher: ast.Try | None, module: Module) -> bool:
    """Tell whether the connection is, or may be, closed where the exception is caught."""
    if catcher is None:
        return False
    block = module.block_of(catcher)
    rest = block[block.index(catcher) + 1 :]
    handlers = [statement for one in catcher.handlers for statement in one.body]
    calls = (node for one in (*handlers, *catcher.finalbody, *rest) for node in walk(one)
             if isinstance(node, ast.Call))  # fmt: skip
    return any(may_close(one, module) for one in calls)


def may_close(call: ast.Call, module: Module) -> bool:
    """Tell whether a call closes a WebSocket, or is given one and nobody knows what for."""
    if operation(call, module) in {"close", "deny"}:
        return True
    helper = callee(call, module)
    if helper is not None:
        done = {one.operation for one in uses(helper.node, helper.module)}
        return not done.isdisjoint({"close", "deny", "escape"})
    if isinstance(call.func, ast.Attribute):
        if call.func.attr in ADDS | REMOVES or is_socket(call.func.value, module):
            return False
    known = inference(module).kind(call.func, module)
    return known is None and any(is_socket(one, module) for one in call.args)


def is_closed_by_callers(function: FunctionNode, module: Module) -> bool:
    """Tell whether a caller catches the exception and closes."""
    calls = [(one.call, one.module) for one in calls_of(function, module)]
    calls += [
        (call, module) for call in module.every(ast.Call) if last_name(call.func) == function.name
    ]
    return any(is_closed_by(catcher_of(file.statement_of(one), file), file) for one, file in calls)


def fix(node: ast.Raise, module: Module) -> Fix | None:
    """Raise the exception that closes, if its code is a number."""
    call = node.exc if isinstance(node.exc, ast.Call) else None
    made = call.func if call else node.exc
    first = call.args[0] if call and call.args else None
    if made is None or (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return None
    name, text = "WebSocketException", "WebSocketException"
    if call is None:
        text += "(code=1000)"
    elif not (call.args or any(one.arg == "code" for one in call.keywords)):
        return None
    edits = import_of(
        name, "fastapi" if "fastapi" in imported(module) else "starlette.exceptions", module
    )
    return Fix(f"Raise `{name}`", (*edits, replace(made, text, module)), safe=False)


def imported(module: Module) -> set[str]:
    """Name the packages that a file imports."""
    return {name.partition(".")[0] for name in module.imports.values()}


RULE = Rule(
    "WSK118",
    "raise-websocket-disconnect",
    "warning",
    "Raise `WebSocketException(code=...)`, or await `websocket.close(code)` and return",
    __doc__ or "",
    find,
    fixes="unsafe",
)
