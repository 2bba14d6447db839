"""A helper that is a coroutine function is called and its coroutine thrown away.

Its body never runs; all that shows is a `RuntimeWarning` on stderr. It is found late, because the
helper often stands in another file: with `manager.disconnect(websocket)` a registry is never
cleaned, and every later broadcast meets a dead peer.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
members: set[WebSocket] = set()


async def leave(websocket: WebSocket):
    members.discard(websocket)


@app.websocket("/ws")
async def chat(websocket: WebSocket):
    await websocket.accept()
    members.add(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
    finally:
        leave(websocket)
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
members: set[WebSocket] = set()


def leave(websocket: WebSocket):
    members.discard(websocket)


@app.websocket("/ws")
async def chat(websocket: WebSocket):
    await websocket.accept()
    members.add(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
    finally:
        leave(websocket)
```

Not reported: a coroutine that is handed on, returned, or kept; a method of an object whose class is
not known; a function with a decorator, which may make something else of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Class, Function, inference
from holdfast.check.code.module import FunctionNode, Module, outermost, own_nodes
from holdfast.check.facts import coroutines
from holdfast.check.facts.routes import is_websocket_endpoint, routes
from holdfast.check.facts.ways import METHODS
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

# Decorators that leave a function what it is.
PLAIN = {"staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "typing.override"}
# Of lists and loggers: found in every file, and coroutines in none.
PLAIN_METHODS = {"append", "extend", "insert", "debug", "info", "warning", "error", "exception"}
NEAR = re.compile(
    r"(?i)web_?socket|\bws\b|sock|(?:send|receive|iter)_(?:text|json|bytes)|broadcast"
)
ROUTES = {"websocket", "websocket_route", "get", "post", "put", "patch", "delete"}


def find(module: Module) -> Iterator[Problem]:
    """Find calls that stand alone, of what is certainly a coroutine function."""
    calls = (one for alone in module.every(ast.Expr) for one in coroutines.thrown_away(alone.value))
    for call in calls:
        if not is_worth_following(call.func, module):
            continue
        helper = called(call, module)
        if helper and is_coroutine_function(helper) and is_sure(call, module):
            name = ast.unparse(call.func)
            edits = coroutines.awaited(call, module)
            fix = Fix("Add `await`", tuple(edits)) if edits else None
            yield Problem(call, f"`{name}()` is `async` and never awaited, so it does nothing", fix)


def is_worth_following(function: ast.expr, module: Module) -> bool:
    """Tell whether to find out what is called: other files are read where a WebSocket is near."""
    if isinstance(function, ast.Attribute) and function.attr in PLAIN_METHODS:
        return False
    if isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Name):
        return is_near_socket(function, module)
    name = function.value if isinstance(function, ast.Attribute) else function
    if not isinstance(name, ast.Name):
        return False
    _, bindings = inference(module).scopes(module).lookup(name)
    is_here = any(one.how in {"definition", "parameter"} for one in bindings)
    return is_here or (bool(bindings) and is_near_socket(function, module))


def is_near_socket(node: ast.AST, module: Module) -> bool:
    """Tell whether the text of the function around a node, or its file, is about a WebSocket."""
    function = module.function_of(node)
    if function is None:
        return True
    kept: dict[ast.AST, bool] = module.notes.setdefault("near_socket", {})
    if function not in kept:
        outer = outermost(function, module)
        text = "\n".join(module.lines[outer.lineno - 1 : outer.end_lineno])
        is_served = bool(routes(module)) or serves_in_class(outer, module)
        kept[function] = is_served or NEAR.search(text) is not None
    return kept[function]


def serves_in_class(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function is a method that Starlette's WebSocketEndpoint calls."""
    owner = module.parents.get(function)
    if function.name not in METHODS or not isinstance(owner, ast.ClassDef):
        return False
    return is_websocket_endpoint(owner, module)


def called(call: ast.Call, module: Module) -> Function | None:
    """Find the function that a call runs; to make an object runs none that could be awaited."""
    kind = inference(module).kind(call.func, module)
    return None if isinstance(kind, Class) else callee(call, module)


def is_coroutine_function(helper: Function) -> bool:
    """Tell whether a call gives a coroutine: it is no generator, and no decorator changes it."""
    if not helper.is_async or any(isinstance(one, ast.Yield) for one in own_nodes(helper.node)):
        return False
    return all(is_plain(one, helper.module) for one in helper.node.decorator_list)


def is_plain(decorator: ast.expr, module: Module) -> bool:
    """Tell whether a decorator leaves a function what it is."""
    if isinstance(decorator, ast.Call):
        return isinstance(decorator.func, ast.Attribute) and decorator.func.attr in ROUTES
    return module.qualify(decorator) in PLAIN


def is_sure(call: ast.Call, module: Module) -> bool:
    """Tell whether what is called has one definition only, or several of the same kind."""
    infer = inference(module)
    if isinstance(call.func, ast.Name):
        _, bindings = infer.scopes(module).lookup(call.func)
        return all(
            isinstance(one.source, ast.AsyncFunctionDef | ast.ImportFrom) for one in bindings
        )
    helper = callee(call, module)
    if helper is None or helper.owner is None:
        return True
    return not has_plain_namesake(helper.node.name, helper.owner)


def has_plain_namesake(name: str, owner: Class) -> bool:
    """Tell whether a class, or one that is derived from it, has a plain method of this name."""
    for one in owner.module.every(ast.ClassDef):
        is_derived = any(owner.module.qualify(base) == owner.name for base in one.bases)
        if one is owner.node or is_derived:
            if any(isinstance(it, ast.FunctionDef) and it.name == name for it in one.body):
                return True
    return False


RULE = Rule(
    "WSK102",
    "unawaited-async-helper",
    "error",
    "Await it, or make the helper a plain `def`",
    __doc__ or "",
    find,
    fixes="safe",
)
