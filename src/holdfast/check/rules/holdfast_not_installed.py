"""A Holdfast has handlers, and is never installed on an app.

Its handlers are no routes of any app then. Every handshake is refused with HTTP 403, and nothing is
logged: a Holdfast without an app has no start-up at which it could say so.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast()


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)
```

Right:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)
```

Not reported: one that is installed anywhere in the project, or handed to something that may do it;
handlers on routers of your own; a Holdfast that only publishes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.edits import insert_after
from holdfast.check.code.imports import naming
from holdfast.check.code.kinds import Made, inference
from holdfast.check.code.module import Module
from holdfast.check.facts.ours import (
    HOLDFASTS,
    calls_of,
    concerned,
    handlers,
    is_holdfast,
)
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.rules.rule import Problem, Rule

INSTALLS = re.compile(r"\.install\(")


def find(module: Module) -> Iterator[Problem]:
    """Find objects that are made without an app, and get none later."""
    if not concerned(module):
        return
    for statement in module.every(ast.Assign):
        target, call = statement.targets[0], statement.value
        if not isinstance(target, ast.Name) or not isinstance(call, ast.Call):
            continue
        if is_bare(call, module) and has_handlers(target.id, module):
            local = module.function_of(statement) is not None
            if not may_be_installed(target.id, module, local):
                message = f"`{target.id}` is installed on no app: nobody reaches its handlers"
                yield Problem(call, message, fix(call, module))


def is_bare(call: ast.Call, module: Module) -> bool:
    """Tell whether a call makes a Holdfast without an app."""
    kind = inference(module).kind(call, module)
    if not isinstance(kind, Made) or kind.name not in HOLDFASTS:
        return False
    return not call.args and not any(one.arg in {"app", None} for one in call.keywords)


def has_handlers(name: str, module: Module) -> bool:
    """Tell whether an object has handlers, of which none is on a router."""
    calls = [
        one.call
        for one in handlers(module)
        if one.call and isinstance(one_of := receiver(one.call), ast.Name) and one_of.id == name
    ]
    on_router = [any(word.arg in {"router", None} for word in call.keywords) for call in calls]
    return bool(calls) and not any(on_router)


def may_be_installed(name: str, module: Module, local: bool) -> bool:
    """Tell whether something in the project may install it."""
    if is_handed_on(name, module) or any(
        installs(call, module) for call in calls_of(module, "install")
    ):
        return True
    if local:
        return False
    handed = re.compile(rf"[(,=]\s*(?:\w+\.)?{re.escape(name)}\s*[,)\]]")
    if any(naming(module, INSTALLS)) or any(naming(module, handed)):
        return True
    # Where no app is made, a file that is not looked at may do it.
    return not makes_app(module) and not is_imported(module)


def installs(call: ast.Call, module: Module) -> bool:
    """Tell whether a call may install a Holdfast: it is one's method, or nobody knows whose."""
    kind = inference(module).kind(receiver(call), module)
    return kind is None or is_holdfast(receiver(call), module)


def is_handed_on(name: str, module: Module) -> bool:
    """Tell whether an object is an argument somewhere, is renamed, or kept in something."""
    for node in module.every(ast.Name):
        if node.id == name and isinstance(node.ctx, ast.Load):
            if not isinstance(module.parents[node], ast.Attribute):
                return True
    return False


def makes_app(module: Module) -> bool:
    """Tell whether a file makes an application."""
    infer = inference(module)
    kinds = (infer.kind(one, module) for one in module.every(ast.Call))
    return any(isinstance(one, Made) and one.name == "fastapi.FastAPI" for one in kinds)


def is_imported(module: Module) -> bool:
    """Tell whether another file imports this one."""
    last = module.name.rpartition(".")[2]
    wanted = re.compile(rf"^\s*(?:from|import)\s.*\b{re.escape(last)}\b", re.MULTILINE)
    return any(naming(module, wanted))


def fix(call: ast.Call, module: Module) -> Fix | None:
    """Give it the app of the file, where one is made before."""
    for statement in module.tree.body:
        if statement.lineno >= call.lineno:
            return None
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            kind = inference(module).kind(statement.value, module)
            if isinstance(kind, Made) and kind.name == "fastapi.FastAPI":
                edit = first_argument(call, statement.targets[0].id, module)
                return Fix("Install it on the app", (edit,), safe=False)
    return None


def first_argument(call: ast.Call, text: str, module: Module) -> Edit:
    """Put an argument before the others."""
    at = insert_after(call.func, "", module).span
    comma = ", " if call.keywords else ""
    return Edit(Span(at.row, at.column + 1, at.row, at.column + 1), text + comma)


RULE = Rule(
    "WSK909",
    "holdfast-not-installed",
    "error",
    "Write `Holdfast(app)`, or call `hf.install(app)`",
    __doc__ or "",
    find,
    "unsafe",
)
