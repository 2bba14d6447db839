"""An Endpoint has a method with a name that Holdfast never calls.

Holdfast calls `on_connect`, `on_message` and `on_disconnect`. Others, Starlette's `on_receive`
among them, are just methods: without an `on_message` every message is read and dropped, and nobody
is told.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Echo(Endpoint[str]):
    async def on_receive(self, conn: Connection[str], message: str) -> None:
        await conn.send(message)
```

Right:

```python
from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Echo(Endpoint[str]):
    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(message)
```

Not reported: a method that the program mentions somewhere, or may find with `getattr`; Starlette's
`WebSocketEndpoint`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import replace
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.facts.ours import EVENTS, concerned, endpoint_classes
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

# What other libraries, or memory, call the three.
MEANT = {
    **dict.fromkeys(("on_connected", "on_connection", "on_open", "on_accept"), "on_connect"),
    **dict.fromkeys(("on_receive", "on_messages", "on_msg", "on_data", "on_text"), "on_message"),
    **dict.fromkeys(("on_close", "on_closed", "on_disconnected", "on_end"), "on_disconnect"),
}


def find(module: Module) -> Iterator[Problem]:
    """Find methods of Endpoint classes that are named like an event, and are none."""
    if not concerned(module):
        return
    for node in endpoint_classes(module):
        for method in node.body:
            if isinstance(method, FunctionNode) and method.name in MEANT:
                if not is_mentioned(method.name, module) and not looks_up(node):
                    meant = MEANT[method.name]
                    message = f"Holdfast never calls `{method.name}`: did you mean `{meant}`?"
                    yield Problem(method, message, fix(method, node, module))


def is_mentioned(name: str, module: Module) -> bool:
    """Tell whether a name is used anywhere in the file, as an attribute or in a text."""
    return any(one.attr == name for one in module.every(ast.Attribute)) or any(
        one.value == name for one in module.every(ast.Constant)
    )


def looks_up(node: ast.ClassDef) -> bool:
    """Tell whether a class finds its methods by name."""
    names = (one.func for one in walk(node) if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Name) and one.id == "getattr" for one in names)


def fix(method: FunctionNode, node: ast.ClassDef, module: Module) -> Fix | None:
    """Give it the name that is meant, if the class has no such method."""
    meant = MEANT[method.name]
    if any(isinstance(one, FunctionNode) and one.name == meant for one in node.body):
        return None
    spec = method.args
    if len(spec.posonlyargs) + len(spec.args) < EVENTS[meant] + 1:
        return None
    return Fix(f"Name it `{meant}`", (replace(method, meant, module),))


RULE = Rule(
    "WSK910",
    "endpoint-method-never-called",
    "error",
    "Name it `on_connect`, `on_message` or `on_disconnect`",
    __doc__ or "",
    find,
    "safe",
)
