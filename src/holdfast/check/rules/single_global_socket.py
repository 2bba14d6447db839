"""One place for a WebSocket, which all connections share.

The second client takes the place of the first: what is meant for the first goes to the second, and
the first is never told anything again. When either leaves, the other's place is emptied, or still
holds a dead connection. A page that is opened in two tabs is enough.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
current: WebSocket | None = None


@app.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    global current
    await websocket.accept()
    current = websocket
    async for text in websocket.iter_text():
        await websocket.send_text(text)
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        clients.discard(websocket)
```

Not reported: an attribute of an object that is made for each connection; a second client that is
refused, or takes over while the first is closed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.kinds import (
    Class,
    Container,
    File,
    Instance,
    Made,
    files_around,
    inference,
)
from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.facts.callers import calls_of
from holdfast.check.facts.registries import place_of
from holdfast.check.facts.routes import endpoints, is_websocket_endpoint
from holdfast.check.facts.sockets import is_peer, is_socket
from holdfast.check.rules.rule import Problem, Rule

LEAVES = ast.Return | ast.Raise
APPS = {"fastapi.FastAPI", "starlette.applications.Starlette"}

CACHES = {"functools.lru_cache", "functools.cache"}
BAGS = {"types.SimpleNamespace", "argparse.Namespace"}


def find(module: Module) -> Iterator[Problem]:
    """Find assignments of a WebSocket to what lives as long as the process."""
    if not module.uses_framework:
        return
    for node in module.every(ast.Assign):
        if not isinstance(node.value, ast.Name | ast.Attribute):
            continue
        function = module.function_of(node)
        if function is None or not any(may_last(one, function) for one in node.targets):
            continue
        if not is_socket(node.value, module) or is_peer(node.value, module):
            continue
        for target in node.targets:
            if is_shared(target, function, module) and not is_asked(target, node, function, module):
                name = ast.unparse(target)
                yield Problem(node, f"The next client takes the place of this one in `{name}`")
                break


def may_last(target: ast.expr, function: FunctionNode) -> bool:
    """Tell whether a target can be more than a name of its function, without asking what it is."""
    if isinstance(target, ast.Name):
        return any(isinstance(one, ast.Global | ast.Nonlocal) for one in own_nodes(function))
    return isinstance(target, ast.Attribute | ast.Subscript)


def is_shared(target: ast.expr, function: FunctionNode, module: Module) -> bool:
    """Tell whether all connections store into the same place."""
    match target:
        case ast.Name(id=name):
            return is_declared(name, function, module)
        case ast.Subscript(slice=ast.Constant(), value=value):
            return is_lasting(value, module) and not is_of_some(value, function, module)
        case ast.Attribute(value=ast.Attribute(attr="state", value=owner)):
            return not is_socket(owner, module) and "app" in ast.unparse(owner).split(".")
        case ast.Attribute(value=value):
            kind = inference(module).kind(value, module)
            if isinstance(kind, Class | File) or (isinstance(kind, Made) and kind.name in APPS):
                return True
            if isinstance(kind, Made) and kind.name in BAGS:
                found = place_of(value, module)
                return found is not None and is_module_or_class(found[0].owner)
            return isinstance(kind, Instance) and is_single(value, kind.of, function, module)
    return False


def is_declared(name: str, function: FunctionNode, module: Module) -> bool:
    """Tell whether a name is global, or belongs to the function that makes an endpoint."""
    kinds: type[ast.Global] | tuple[type[ast.Global], type[ast.Nonlocal]] = ast.Global
    if function in {one.function for one in endpoints(module)}:
        kinds = (ast.Global, ast.Nonlocal)
    return any(isinstance(one, kinds) and name in one.names for one in own_nodes(function))


def is_lasting(value: ast.expr, module: Module) -> bool:
    """Tell whether a collection belongs to a module or class."""
    kind = inference(module).kind(value, module)
    found = place_of(value, module)
    is_dict = kind is None or isinstance(kind, Container)
    return is_dict and found is not None and found[1] == 0 and is_module_or_class(found[0].owner)


def is_of_some(value: ast.expr, function: FunctionNode, module: Module) -> bool:
    """Tell whether a collection is an object's own, of which there may be one for each client."""
    if not isinstance(value, ast.Attribute):
        return False
    kind = inference(module).kind(value.value, module)
    if not isinstance(kind, Instance) or is_of_class(kind.of, value.attr):
        return False
    return not is_single(value.value, kind.of, function, module)


def is_of_class(of: Class, name: str) -> bool:
    """Tell whether a class gives an attribute its value for all of its objects."""
    for one in of.node.body:
        targets = one.targets if isinstance(one, ast.Assign) else []
        if isinstance(one, ast.AnnAssign) and one.value is not None:
            targets = [one.target]
        if any(isinstance(each, ast.Name) and each.id == name for each in targets):
            return True
    return False


def is_module_or_class(owner: ast.AST | None) -> bool:
    """Tell whether something is no function."""
    return isinstance(owner, ast.Module | ast.ClassDef)


def is_single(value: ast.expr, of: Class, function: FunctionNode, module: Module) -> bool:
    """Tell whether there is one object of a class: a module makes it, and no function does."""
    if function.name in {"__init__", "__post_init__", "__new__"} or is_websocket_endpoint(
        of.node, of.module
    ):
        return False
    if not isinstance(value, ast.Name):
        return False
    made = [one for file in files(module, of.module) for one in instances(of, file)]
    return bool(made) and all(made)


def is_cached(call: ast.Call, module: Module) -> bool:
    """Tell whether a provider makes a call once for the whole process, and keeps its value."""
    function = module.function_of(call)
    if function is None or function.args.args or function.args.vararg:
        return False
    names = {
        module.qualify(one.func if isinstance(one, ast.Call) else one)
        for one in function.decorator_list
    }
    is_given = isinstance(module.parents[call], ast.Return)
    return is_given and not names.isdisjoint(CACHES)


def files(*modules: Module) -> list[Module]:
    """Give the files that may make objects of a class."""
    registering = [one for module in modules for one in files_around(module).near(module)]
    return list(dict.fromkeys([*modules, *registering]))


def instances(of: Class, module: Module) -> Iterator[bool]:
    """Tell of each object of a class that a file makes whether no function makes it."""
    infer = inference(module)
    for call in module.every(ast.Call):
        if isinstance(call.func, ast.Name | ast.Attribute) and ast.unparse(call.func).endswith(
            of.name
        ):
            kind = infer.kind(call.func, module)
            if isinstance(kind, Class) and kind.node is of.node:
                yield module.function_of(call) is None or is_cached(call, module)


def is_asked(target: ast.expr, node: ast.Assign, function: FunctionNode, module: Module) -> bool:
    """Tell whether it is looked at who is there already, before the place is taken."""
    name = last_name(target)
    if any(
        isinstance(one, ast.AsyncWith) and is_lock(one, module) for one in module.ancestors(node)
    ):
        return True
    if looks(function, node, name):
        return True
    return any(
        caller is not None and looks(caller, call, name, leaving=True)
        for call, _, caller in calls_of(function, module)
    )


def is_lock(statement: ast.AsyncWith, module: Module) -> bool:
    """Tell whether a block is entered by one at a time."""
    names = [ast.unparse(one.context_expr).lower() for one in statement.items]
    kinds = (inference(module).kind(one.context_expr, module) for one in statement.items)
    names += [one.name.lower() for one in kinds if isinstance(one, Made)]
    return any("lock" in name or "semaphore" in name for name in names)


def last_name(target: ast.expr) -> str:
    """Give the last name, or the key, of an assignment's target."""
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=value)):
            return repr(value)
    return ""


def looks(function: FunctionNode, node: ast.AST, name: str, *, leaving: bool = False) -> bool:
    """Tell whether a function, before a node, tests or closes what has this name."""
    for one in own_nodes(function):
        if not isinstance(one, ast.stmt | ast.Call) or one.lineno > node.lineno:  # type: ignore[attr-defined]
            continue
        if isinstance(one, ast.If | ast.While) and mentions(one.test, name):
            if not leaving or isinstance(one.body[-1], LEAVES):
                return True
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            if one.func.attr == "close" and mentions(one.func.value, name):
                return True
    return False


def mentions(node: ast.expr, name: str) -> bool:
    """Tell whether an expression reads something of this name."""
    return any(
        last_name(one) == name
        for one in walk(node)
        if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)
    ) or any(isinstance(one, ast.Constant) and repr(one.value) == name for one in walk(node))


RULE = Rule(
    code="WSK312",
    name="single-global-socket",
    severity="warning",
    help="Keep all connections, in a set or by a key",
    explanation=__doc__ or "",
    find=find,
)
