"""A WebSocket is closed with a code that must not be sent.

An endpoint may send 1000 to 1003, 1007 to 1014, and 3000 to 4999. For others uvicorn raises
`ProtocolError: invalid status code`, and the client sees 1006 and no reason; with wsproto 1005 and
1006 become 1000, and others are sent as they are, which clients take for a fault of the protocol.
Starlette's test client takes any code.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    token = await websocket.receive_text()
    if token != "secret":
        await websocket.close(code=401)
        return
    await websocket.send_text("welcome")
    await websocket.close()
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        token = await websocket.receive_text()
    except WebSocketDisconnect:
        return
    if token != "secret":
        await websocket.close(code=4401)
        return
    await websocket.send_text("welcome")
    await websocket.close()
```

Not reported: codes that are computed; the codes of other libraries' clients.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus

from holdfast.check.code.edits import replace
from holdfast.check.code.kinds import Class, File, files_around, inference
from holdfast.check.code.module import Module
from holdfast.check.facts.closings import closings, closings_by_call
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

STATUS = re.compile(r"(?:fastapi|starlette)\.status\.(?:WS|HTTP)_(\d+)_\w+")
# What is most likely meant by a code that is for logs alone.
INSTEAD = {1004: 1000, 1005: 1000, 1006: 1011, 1015: 1011}
DEPTH = 3


def find(module: Module) -> Iterator[Problem]:
    """Find codes that are constants, and not for sending."""
    for closing in (*closings(module), *closings_by_call(module)):
        for node in alternatives(closing.code):
            code = value_of(node, module)
            if code is not None and not is_valid(code):
                message = f"{code} must not be sent as a close code"
                yield Problem(node, message, fix(node, code, module))


def alternatives(node: ast.expr | None) -> Iterator[ast.expr]:
    """Give what an expression may be: `1000 if done else 1006` is one of two."""
    if isinstance(node, ast.IfExp):
        yield from alternatives(node.body)
        yield from alternatives(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from alternatives(one)
    elif node is not None:
        yield node


def is_valid(code: int) -> bool:
    """Tell whether a code may be sent (RFC 6455 section 7.4, and IANA's registry)."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def value_of(node: ast.AST, module: Module, depth: int = 0) -> int | None:
    """Tell the number that an expression always is; names count where they are constants."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
        case ast.Attribute(attr="value"):
            return value_of(node.value, module, depth)
        case ast.Name() | ast.Attribute():
            name = module.qualify(node)
            if match := STATUS.fullmatch(name):
                return int(match[1])
            if name.startswith("http.HTTPStatus."):
                return getattr(HTTPStatus, name.rpartition(".")[2], None)
            return constant(node, module, depth + 1) if depth < DEPTH else None
    return None


def constant(node: ast.Name | ast.Attribute, module: Module, depth: int) -> int | None:
    """Tell the number that a name of a module, or of a class, is given once."""
    scopes = inference(module).scopes
    if isinstance(node, ast.Attribute):
        owner = inference(module).kind(node.value, module)
        if isinstance(owner, Class):
            return only_value(owner.node, node.attr, owner.module, depth)
        if isinstance(owner, File):
            return only_value(owner.module.tree, node.attr, owner.module, depth)
        return None
    scope, bindings = scopes(module).lookup(node)
    if not isinstance(scope, ast.Module) or not bindings:
        return None
    if bindings[0].how == "import":
        base, _, name = module.imports.get(node.id, "").rpartition(".")
        other = files_around(module).module_named(module, base) if base else None
        return only_value(other.tree, name, other, depth) if other else None
    return only_value(scope, node.id, module, depth)


def only_value(scope: ast.AST, name: str, module: Module, depth: int) -> int | None:
    """Tell the number that a scope gives a name, if that is its only value."""
    bindings = inference(module).scopes(module).table(scope).get(name, [])
    values = [one.source for one in bindings if one.how != "annotation"]
    return value_of(values[0], module, depth) if len(values) == 1 else None


def fix(node: ast.expr, code: int, module: Module) -> Fix | None:
    """Say it with a code of the application's own, or the registered one that is meant."""
    better = INSTEAD.get(code, 4000 + code if 0 <= code < 1000 else None)
    if better is None:
        return None
    return Fix(f"Close with {better}", (replace(node, str(better), module),), safe=False)


RULE = Rule(
    "WSK115",
    "invalid-close-code",
    "error",
    "Close with 1000 to 1003, 1007 to 1014, or 3000 to 4999",
    __doc__ or "",
    find,
    fixes="unsafe",
)
