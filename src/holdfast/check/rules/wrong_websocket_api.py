"""A method of another library's WebSocket is used on Starlette's.

`recv()`, `ping()`, `closed` and their like are those of `websockets`, aiohttp and others: here they
raise `AttributeError`, and the client sees 1006. `send("text")` raises `TypeError`, as it takes an
ASGI message, and so do `async for message in websocket` and `receive_text(timeout=5)`.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.recv()
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
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

Not reported: the methods of an object that is only likely to be a WebSocket; what a subclass, or
the file itself, gives a WebSocket; what is asked for with `hasattr`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import insert_after
from holdfast.check.code.guess import telling, used
from holdfast.check.code.kinds import Class, Made, inference
from holdfast.check.code.module import Module
from holdfast.check.facts.routes import is_websocket_endpoint
from holdfast.check.facts.sockets import is_known_socket, is_socket
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.rules.rule import Problem, Rule

# What other libraries' WebSockets have -> what this one has, if it is a matter of the name alone.
FOREIGN = {
    "recv": "receive_text", "receive_str": "receive_text", "recv_text": "receive_text",
    "read_message": "receive_text", "receive_message": "receive_text", "recv_json": "receive_json",
    "recv_bytes": "receive_bytes", "send_str": "send_text", "write_message": "send_text",
    "send_message": "send_text", "send_string": "send_text", "sendall": "send_bytes",
    "remote_address": "client", "request_headers": "headers", "ping": "", "pong": "",
    "closed": "", "open": "", "is_connected": "", "connected": "", "is_closed": "",
    "wait_closed": "", "close_code": "", "close_reason": "", "closing": "", "emit": "",
    "ready_state": "", "readyState": "", "send_ping": "", "keepalive": "",
    "recv_streaming": "", "receive_string": "receive_text", "recv_string": "receive_text",
    "receive_data": "receive_bytes", "send_data": "send_bytes", "send_msg": "send_text",
    "receive_msg": "receive_text", "get_message": "receive_text", "aclose": "close",
    "terminate": "close", "is_open": "",
    "local_address": "", "iter_messages": "iter_text",
}  # fmt: skip
TEXTS = {"str": "send_text", "bytes": "send_bytes", "dict": "send_json", "list": "send_json"}
# What may be given by name.
KEYWORDS = {
    "receive_text": set(), "receive_bytes": set(), "receive_json": {"mode"},
    "send_text": {"data"}, "send_bytes": {"data"}, "send_json": {"data", "mode"},
    "accept": {"subprotocol", "headers"}, "close": {"code", "reason"},
}  # fmt: skip
GIVES_TEXT = {"dumps", "model_dump_json", "isoformat", "join", "format", "upper", "lower", "strip"}


def find(module: Module) -> Iterator[Problem]:
    """Find attributes that a WebSocket does not have, wrong arguments of `send`, and loops."""
    own = own_names(module)
    for node in module.every(ast.Attribute):
        if node.attr in FOREIGN and node.attr not in own and isinstance(node.ctx, ast.Load):
            if is_ours(node.value, module):
                message = f"A Starlette WebSocket has no `{node.attr}`"
                yield Problem(node, message, renamed(node, FOREIGN[node.attr], module))
        elif node.attr == "send" and "send" not in own and is_called(node, module):
            yield from wrong_send(node, module)
        elif node.attr in KEYWORDS and node.attr not in own:
            yield from wrong_keyword(node, module)
    if "__aiter__" not in own:
        yield from loops(module)


def own_names(module: Module) -> set[str]:
    """Name what the file gives a WebSocket, or asks whether it has it."""
    if "own_names" not in module.notes:
        module.notes["own_names"] = set(found_names(module))
    found: set[str] = module.notes["own_names"]
    return found


def found_names(module: Module) -> Iterator[str]:
    """Look at subclasses, assignments to attributes, and `hasattr`."""
    for node in module.every(ast.ClassDef):
        if any(module.qualify(base).endswith("WebSocket") for base in node.bases):
            names = (getattr(one, "name", "") for one in node.body)
            yield from names
    for attribute in module.every(ast.Attribute):
        if attribute.attr in FOREIGN and isinstance(attribute.ctx, ast.Store):
            if is_socket(attribute.value, module):
                yield attribute.attr
    for call in module.every(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id in {"hasattr", "getattr", "setattr"}:
            given = [one.value for one in call.args[1:2] if isinstance(one, ast.Constant)]
            yield from (one for one in given if isinstance(one, str))


def is_ours(node: ast.expr, module: Module) -> bool:
    """Tell whether something is a WebSocket, and no class of the project's own."""
    if not is_socket(node, module) or is_of_own_class(node, module):
        return False
    if is_known_socket(node, module):
        return True
    if isinstance(node, ast.Name):
        scope, _ = inference(module).scopes(module).lookup(node)
        owner = module.parents.get(scope)
        if isinstance(owner, ast.ClassDef) and is_websocket_endpoint(owner, module):
            return True
        return module.uses_framework and "accept" in used(node.id, scope, module)
    name = node.attr if isinstance(node, ast.Attribute) else ""
    return module.uses_framework and "accept" in {one.attr for one in telling(module).get(name, ())}


def is_of_own_class(node: ast.expr, module: Module) -> bool:
    """Tell whether a name is annotated with, or made by, a subclass of the project."""
    if not isinstance(node, ast.Name):
        return False
    infer = inference(module)
    for one in infer.scopes(module).lookup(node)[1]:
        source = one.source
        type_ = getattr(source, "annotation", None) or getattr(source, "func", None) or source
        if isinstance(infer.kind(type_, module), Class):
            return True
    return False


def is_called(node: ast.Attribute, module: Module) -> bool:
    """Tell whether an attribute is called with one argument."""
    call = module.parents[node]
    return (
        isinstance(call, ast.Call)
        and call.func is node
        and len(call.args) == 1
        and not call.keywords
    )


def wrong_keyword(node: ast.Attribute, module: Module) -> Iterator[Problem]:
    """Find `receive_text(timeout=5)`: other libraries' WebSockets take that."""
    call = module.parents[node]
    if not (isinstance(call, ast.Call) and call.func is node):
        return
    for keyword in call.keywords:
        if keyword.arg and keyword.arg not in KEYWORDS[node.attr] and is_ours(node.value, module):
            yield Problem(keyword.value, f"`{node.attr}()` takes no `{keyword.arg}`")


def wrong_send(node: ast.Attribute, module: Module) -> Iterator[Problem]:
    """Find `send("text")`."""
    call = module.parents[node]
    assert isinstance(call, ast.Call)
    better = method_for(call.args[0], module)
    if better and is_ours(node.value, module):
        message = f"`send()` takes an ASGI message: for this there is `{better}()`"
        yield Problem(node, message, renamed(node, better, module))


def method_for(value: ast.expr, module: Module) -> str:
    """Name the method that sends a value; nothing for what may be an ASGI message."""
    match value:
        case ast.Dict(keys=keys):
            names = [one.value if isinstance(one, ast.Constant) else None for one in keys]
            return "" if None in names or is_message(value) else "send_json"
        case ast.List():
            return "send_json"
        case ast.Call(func=ast.Attribute(attr="encode")):
            return "send_bytes"
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in GIVES_TEXT:
            return "send_text"
        case ast.Call(func=ast.Name(id="str" | "repr")):
            return "send_text"
    kind = inference(module).kind(value, module)
    name = kind.name if isinstance(kind, Made) else ""
    if name in {"json.dumps", "orjson.dumps", "WebSocket.receive_text"}:
        return "send_bytes" if name == "orjson.dumps" else "send_text"
    return TEXTS[name] if name in {"str", "bytes"} else ""


def is_message(value: ast.Dict) -> bool:
    """Tell whether a dict is an ASGI message."""
    for key, one in zip(value.keys, value.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "type":
            return not isinstance(one, ast.Constant) or str(one.value).startswith("websocket.")
    return False


def loops(module: Module) -> Iterator[Problem]:
    """Find `async for message in websocket`."""
    over = [one.iter for one in module.every(ast.AsyncFor)]
    over += [one.iter for one in module.every(ast.comprehension) if one.is_async]
    for node in over:
        if isinstance(node, ast.Name | ast.Attribute) and is_ours(node, module):
            fix = Fix(
                "Use `iter_text()`", (insert_after(node, ".iter_text()", module),), safe=False
            )
            yield Problem(node, "A WebSocket cannot be iterated: there is `iter_text()`", fix)


def renamed(node: ast.Attribute, name: str, module: Module) -> Fix | None:
    """Put another name in the place of an attribute's."""
    if not name:
        return None
    span = module.span(node)
    start = span.end_column - len(node.attr)
    edit = Edit(Span(span.end_row, start, span.end_row, span.end_column), name)
    return Fix(f"Use `{name}`", (edit,), safe=False)


RULE = Rule(
    "WSK119",
    "wrong-websocket-api",
    "error",
    "Use the methods of Starlette's WebSocket",
    __doc__ or "",
    find,
    fixes="unsafe",
)
