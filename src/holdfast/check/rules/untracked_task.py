"""A handler begins a task that nothing keeps, waits for or cancels.

The task outlives its client: it works, or sends into a closed socket, until it ends by itself. What
it raises is not seen before it is collected; and as the event loop holds it weakly, Python may
collect it while it waits, and it just stops.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def ticks(websocket: WebSocket):
    while True:
        await websocket.send_text("tick")
        await asyncio.sleep(1)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    asyncio.create_task(ticks(websocket))
    async for text in websocket.iter_text():
        print(text)
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def ticks(websocket: WebSocket):
    while True:
        await websocket.send_text("tick")
        await asyncio.sleep(1)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    task = asyncio.create_task(ticks(websocket))
    try:
        async for text in websocket.iter_text():
            print(text)
    finally:
        task.cancel()
```

Also found is a task with a loop that is kept where nothing looks for it: in an attribute that is
never read, or in a list that ends with its function.

Not reported: a task that is stored elsewhere, returned or handed on; one of a `TaskGroup`; a task
that has nothing to do with a connection.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Class, Socket, files_around, inference
from holdfast.check.code.module import (
    FunctionNode,
    Module,
    body_nodes,
    outermost,
    own_nodes,
    parameters,
)
from holdfast.check.facts.routes import is_websocket_endpoint
from holdfast.check.facts.sockets import callee_name, is_socket, operation
from holdfast.check.rules.rule import Problem, Rule

# What may be done with a task without keeping it, waiting for it or ending it.
IDLE = {"add_done_callback", "add", "append", "done", "get_name", "set_name", "get_coro"}


def find(module: Module) -> Iterator[Problem]:
    """Find tasks that are begun for a connection, and forgotten."""
    for call in module.every(ast.Call):
        if not begins_task(call, module):
            continue
        function = module.function_of(call)
        if function and is_forgotten(call, function, module) and serves(function, module):
            message = "Nothing keeps, awaits or cancels this task: it outlives its connection"
            yield Problem(call, message)


def begins_task(call: ast.Call, module: Module) -> bool:
    """Tell whether a call makes a task that the event loop alone holds."""
    function = call.func
    last = function.attr if isinstance(function, ast.Attribute) else module.qualify(function)
    if last.rpartition(".")[2] not in {"create_task", "ensure_future"}:
        return False
    name = callee_name(call, module)
    if not name.startswith("asyncio.") and isinstance(function, ast.Attribute):
        # Of somebody else's loop: `settings.loop.create_task(...)`.
        return ast.unparse(function.value).rpartition(".")[2] in {"loop", "_loop", "event_loop"}
    return name.startswith("asyncio.") and "TaskGroup" not in name


def is_forgotten(call: ast.Call, function: FunctionNode, module: Module) -> bool:
    """Tell whether a task stands alone, or has a name that nothing uses; or its list has."""
    held: ast.AST = call
    while isinstance(parent := module.parents[held], ast.List | ast.Set | ast.ListComp):
        held = parent
    match parent:
        case ast.Expr():
            return True
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name))
            | ast.NamedExpr(target=ast.Name(id=name))
        ):
            return is_unused(name, function, module)
        case (
            ast.Assign(targets=[ast.Attribute(attr=name)])
            | ast.AnnAssign(target=ast.Attribute(attr=name))
        ):
            return (
                goes_on(call, module)
                and is_in_sight(function, module)
                and not is_read(name, module)
            )
        case ast.Call(func=ast.Attribute(attr="append" | "add", value=ast.Name(id=name))):
            is_own = is_own_collection(name, function)
            return is_own and goes_on(call, module) and is_unused(name, function, module)
    return False


def is_unused(name: str, function: FunctionNode, module: Module) -> bool:
    """Tell whether a name is a function's own, and nothing uses it."""
    return name in local_names(function) and not any(
        is_use(one, name, module) for one in body_nodes(outermost(function, module))
    )


def is_own_collection(name: str, function: FunctionNode) -> bool:
    """Tell whether a function makes the collection of this name, which then goes with it."""
    return any(
        isinstance(one, ast.Assign | ast.AnnAssign)
        and isinstance(one.value, ast.List | ast.Set | ast.Call)
        and name in (ast.unparse(goal) for goal in goals(one))
        for one in own_nodes(function)
    )


def goals(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    """Give what an assignment gives a value."""
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def goes_on(call: ast.Call, module: Module) -> bool:
    """Tell whether what a task runs is a function of the project that has a loop."""
    made = call.args[0] if call.args else None
    work = callee(made, module) if isinstance(made, ast.Call) else None
    return work is not None and any(
        isinstance(one, ast.While | ast.AsyncFor) for one in own_nodes(work.node)
    )


def is_in_sight(function: FunctionNode, module: Module) -> bool:
    """Tell whether a method's class is all here, and who makes its objects, too."""
    owner = module.parents[outermost(function, module)]
    if not isinstance(owner, ast.ClassDef):
        return False
    if is_websocket_endpoint(owner, module):
        return len(owner.bases) == 1
    files = dict.fromkeys([module, *files_around(module).near(module)])
    return not owner.bases and any(
        isinstance(kind := inference(file).kind(one.func, file), Class) and kind.node is owner
        for file in files
        if owner.name in file.text
        for one in file.every(ast.Call)
        if ast.unparse(one.func).endswith(owner.name)
    )


def is_read(name: str, module: Module) -> bool:
    """Tell whether anything in sight reads an attribute of this name, or may do so by its text."""
    files = dict.fromkeys([module, *files_around(module).near(module)])
    return any(
        isinstance(one.ctx, ast.Load) and one.attr == name and not is_look(one, file)
        for file in files
        if name in file.text
        for one in file.every(ast.Attribute)
    ) or any(f'"{name}"' in file.text or "__dict__" in file.text for file in files)


def is_look(node: ast.expr, module: Module) -> bool:
    """Tell whether a task, or a list of some, is only looked at, or filled."""
    parent = module.parents[node]
    return isinstance(parent, ast.Attribute) and parent.attr in IDLE


def local_names(function: FunctionNode) -> set[str]:
    """Give the names that are a function's own."""
    outer = (one for one in own_nodes(function) if isinstance(one, ast.Global | ast.Nonlocal))
    declared = {name for one in outer for name in one.names}
    names = (one.id for one in own_nodes(function) if isinstance(one, ast.Name))
    return {*names} - declared


def is_use(node: ast.AST, name: str, module: Module) -> bool:
    """Tell whether a node does anything with a task but to look at it."""
    if not (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)):
        return False
    parent = module.parents[node]
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
        return parent.func.id not in {"len", "print"}
    return not is_look(node, module)


def serves(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function has to do with a connection: it, or what it is nested in."""
    outer = outermost(function, module)
    infer = inference(module)
    for one, _ in parameters(outer):
        if one.annotation and isinstance(infer.annotation(one.annotation, module), Socket):
            return True
    for node in body_nodes(outer):
        if operation(node, module) or (isinstance(node, ast.Name) and is_socket(node, module)):
            return True
    owner = module.parents[outer]
    return isinstance(owner, ast.ClassDef) and has_socket(Class(module, owner))


def has_socket(of: Class) -> bool:
    """Tell whether each object of a class is about one WebSocket."""
    infer = inference(of.module)
    line = [one for one in infer.classes.line(of) if isinstance(one, Class)]
    return any(
        is_socket(value, one.module)
        for one in line
        for name in infer.classes.names(one)
        for value in infer.classes.values(one, name)
    )


RULE = Rule(
    "WSK402",
    "untracked-task",
    "warning",
    "Keep the task, and cancel it in a `finally`; or use a `TaskGroup`",
    __doc__ or "",
    find,
)
