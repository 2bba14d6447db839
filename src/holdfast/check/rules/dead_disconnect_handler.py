"""A handler for WebSocketDisconnect around a loop that cannot raise it.

`iter_text()`, `iter_bytes()` and `iter_json()` catch the exception themselves: the loop simply ends
when the client leaves. What stands in the handler never runs, so what it should close, remove or
tell stays undone.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
online: set[str] = set()


@app.websocket("/ws/{name}")
async def follow(websocket: WebSocket, name: str):
    await websocket.accept()
    online.add(name)
    try:
        async for text in websocket.iter_text():
            print(name, text)
    except WebSocketDisconnect:
        online.discard(name)
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
online: set[str] = set()


@app.websocket("/ws/{name}")
async def follow(websocket: WebSocket, name: str):
    await websocket.accept()
    online.add(name)
    try:
        async for text in websocket.iter_text():
            print(name, text)
    finally:
        online.discard(name)
```

Not reported: a body that also sends, receives, or calls what may; a handler for other exceptions
as well, unless nothing in the body can raise them, such as `OSError` where nothing is read or
written; a handler that does nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Class, Container, Function, Library, Made, inference
from holdfast.check.code.module import Module, walk
from holdfast.check.code.project import concerns
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.handling import catchers, inside, is_idle
from holdfast.check.facts.sockets import given, is_harmless, is_socket, operation, uses
from holdfast.check.facts.unread import is_abstract
from holdfast.check.facts.visits import follow
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.flow.exceptions import caught_names
from holdfast.check.rules.rule import Problem, Rule

END = "the loop over what the client sends ends without an exception"
MESSAGE = f"This handler never runs: {END}"
# Only a connection raises these.
CONNECTION = {
    "ConnectionError", "ConnectionResetError", "BrokenPipeError", "ConnectionClosed",
    "ConnectionClosedOK", "ConnectionClosedError", "WebSocketDisconnected", "ClientDisconnected",
}  # fmt: skip
TAKE_IT = {"WebSocketDisconnect", "Exception", "BaseException"}
# Only what reads or writes raises these.
SYSTEM = {"OSError", "IOError", "EnvironmentError"}
# What a bad message raises, which may be caught together with the end.
BESIDE = {"WebSocketDisconnect", "ValueError", "KeyError", "TypeError", "JSONDecodeError",
          "ValidationError", "UnicodeDecodeError"}  # fmt: skip
ANOTHER = BESIDE | CONNECTION | SYSTEM | {"RuntimeError", "TimeoutError"}
PURE = {"print", "len", "str", "bytes", "bytearray", "repr", "int", "float", "dict", "list", "set"}
# Whoever is called so may send to others, whose end raises the same exception.
SPEAKS = ("send", "broadcast", "publish", "notify", "emit", "push", "reply", "respond", "handle")


def find(module: Module) -> Iterator[Problem]:
    """Find handlers for the client's end whose try cannot raise it."""
    for node in module.every(ast.Try):
        inner = inside(node.body) if iterates(node, module) else None
        if inner is None or any(comes_out(one, node, module) for one in inner):
            continue
        others = set() if waits_for_others(node) else CONNECTION
        if others and all(is_pure(one, module) for one in inside(node.body)):
            others = CONNECTION | SYSTEM
        for handler in node.handlers:
            names = caught_names(handler, module)
            if names - others == {"WebSocketDisconnect"} and not does_nothing(handler):
                yield Problem(handler, MESSAGE, fix(node, handler, module))
            elif {"WebSocketDisconnect"} < names <= ANOTHER and not only_tells(handler):
                yield Problem(handler, f"WebSocketDisconnect never comes here: {END}")
            elif not names.isdisjoint({"Exception", "BaseException", "?"}):
                break


def comes_out(node: ast.AST, tried: ast.Try, module: Module) -> bool:
    """Tell whether something in a try raises WebSocketDisconnect that no try further in takes."""
    if not may_raise(node, module):
        return False
    for where, names in catchers(node, module):
        if module.parents.get(where) is tried:
            return True
        if names & TAKE_IT and not any(isinstance(one, ast.Raise) for one in walk(where)):
            return False
    return True


def waits_for_others(node: ast.Try) -> bool:
    """Tell whether a try awaits something else, whose connection may fail."""
    return any(isinstance(one, ast.Await | ast.AsyncWith) for one in inside(node.body))


def is_pure(node: ast.AST, module: Module) -> bool:
    """Tell whether a node neither reads nor writes anything but the WebSocket."""
    if isinstance(node, ast.With | ast.Import | ast.ImportFrom | ast.Raise):
        return False
    if not isinstance(node, ast.Call):
        return True
    if isinstance(node.func, ast.Attribute):
        base = inference(module).kind(node.func.value, module)
        return isinstance(base, Container) or operation(node, module) == "iterate"
    return isinstance(node.func, ast.Name) and node.func.id in PURE


def iterates(node: ast.Try, module: Module) -> bool:
    """Tell whether a try goes over what a client sends."""
    return any(
        isinstance(one, ast.AsyncFor) and operation(one.iter, module) == "iterate"
        for one in inside(node.body)
    )


def may_raise(node: ast.AST, module: Module) -> bool:
    """Tell whether something in the body may raise WebSocketDisconnect all the same."""
    if isinstance(node, ast.Raise):
        return node.exc is not None and "Disconnect" in ast.unparse(node.exc)
    if isinstance(node, ast.YieldFrom | ast.Yield):
        return True
    if isinstance(node, ast.Await) and not isinstance(node.value, ast.Call):
        return True  # a task, which raises what it ended with
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr == "result" and not node.args:
        return True
    if gathers_tasks(node):
        return True
    if name := operation(node, module):
        return name != "iterate"
    if any(is_socket(one, module) for one in given(node)) and not is_harmless(node, module):
        return callee(node, module) is None or speaks(node, module)
    return speaks(node, module)


def gathers_tasks(call: ast.Call) -> bool:
    """Tell whether a call waits for tasks that were made before: `gather(*tasks)`."""
    name = last_name(call.func)
    makes = any(isinstance(one, ast.Call) for one in given(call))
    return name in {"gather", "wait_for", "shield"} and not makes


def speaks(call: ast.Call, module: Module) -> bool:
    """Tell whether what a call calls may use a WebSocket."""
    infer = inference(module)
    found = callee(call, module)
    if found is not None:
        return is_left_open(found) or uses_sockets(found)
    if not isinstance(module.parents.get(call), ast.Await):
        return False
    name = call.func.attr if isinstance(call.func, ast.Attribute) else module.qualify(call.func)
    base = infer.kind(call.func.value, module) if isinstance(call.func, ast.Attribute) else None
    if isinstance(base, Made | Library):
        # An object of a package may have been given the WebSocket.
        return has_escaped(call, module)
    return isinstance(call.func, ast.Attribute) or name.rpartition(".")[2].startswith(SPEAKS)


def has_escaped(call: ast.Call, module: Module) -> bool:
    """Tell whether something unknown was given the WebSocket in the function around a call."""
    function = module.function_of(call)
    found = uses(function, module) if function else ()
    return any(use.operation == "escape" for use in found)


def is_left_open(found: Function) -> bool:
    """Tell whether a method may be another one at run time: it is abstract, or overridden here."""
    if is_abstract(found.node):
        return True
    module, owner = found.module, found.owner
    if owner is None:
        return False
    infer = inference(module)
    others = (Class(module, one) for one in module.every(ast.ClassDef) if one is not owner.node)
    return any(
        any(getattr(member, "name", "") == found.name for member in one.node.body)
        and owner in list(infer.classes.line(one))
        for one in others
    )


def uses_sockets(found: Function) -> bool:
    """Tell whether a function of the project does anything with a WebSocket, or may."""
    _, visits = follow(found.node, found.module)
    for visit in visits:
        for node in inside(visit.function.body):
            if isinstance(node, ast.Call) and operation(node, visit.module):
                if not is_taken(node, visit.module):
                    return True
            if isinstance(node, ast.Raise) and node.exc and "Disconnect" in ast.unparse(node.exc):
                return True
            if isinstance(node, ast.Attribute) and node.attr.startswith(SPEAKS):
                # What is not resolved may be a WebSocket by another name.
                is_call = isinstance(module_parent := visit.module.parents.get(node), ast.Call)
                if (
                    is_call
                    and isinstance(module_parent, ast.Call)
                    and unresolved(module_parent, visit.module)
                ):
                    return concerns(visit.module.text)
    return False


def is_taken(node: ast.AST, module: Module) -> bool:
    """Tell whether the function around something takes every exception of it."""
    for where, names in catchers(node, module):
        if names & TAKE_IT:
            return not any(isinstance(one, ast.Raise) for one in walk(where))
    return False


def unresolved(call: ast.Call, module: Module) -> bool:
    """Tell whether it is not known what an awaited call calls."""
    infer = inference(module)
    if callee(call, module) or not isinstance(module.parents.get(call), ast.Await):
        return False
    assert isinstance(call.func, ast.Attribute)
    return infer.kind(call.func.value, module) is None


def does_nothing(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler is there only in case."""
    return all(isinstance(one, ast.Pass) for one in handler.body)


def only_tells(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler only logs, passes or leaves: nobody misses it."""
    return all(is_idle(one) or isinstance(one, ast.Break | ast.Continue) for one in handler.body)


def fix(node: ast.Try, handler: ast.ExceptHandler, module: Module) -> Fix | None:
    """Make the handler a `finally`, where it is the only one."""
    if len(node.handlers) > 1 or node.finalbody or node.orelse or handler.name:
        return None
    if any(
        isinstance(one, ast.Return | ast.Break | ast.Continue | ast.Raise)
        for one in inside(handler.body)
    ):
        return None
    start = module.span(handler)
    head = f"{module.text_of(handler.type)}" if handler.type else ""
    text = module.lines[start.row - 1]
    end = text.find(":", text.find(head, start.column - 1) + len(head))
    if not head or end < 0:
        return None
    place = Span(start.row, start.column, start.row, end + 1)
    return Fix("Make it a `finally`", (Edit(place, "finally"),), safe=False)


RULE = Rule(
    "WSK207",
    "dead-disconnect-handler",
    "warning",
    "Move the code behind the loop, or to `finally`",
    __doc__ or "",
    find,
    "unsafe",
)
