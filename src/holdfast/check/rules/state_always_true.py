"""A member of `WebSocketState` stands where a condition is meant, and is always true.

`websocket.client_state.CONNECTED` is no question but the member itself, reached through another
one, and every member of an enumeration is true: also while the state is `DISCONNECTED`. So what the
test should guard happens always, and under `not` it never does.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


async def tell(websocket: WebSocket, text: str):
    if websocket.application_state.CONNECTED:
        await websocket.send_text(text)
```

Right:

```python
from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


async def tell(websocket: WebSocket, text: str):
    if websocket.application_state == WebSocketState.CONNECTED:
        await websocket.send_text(text)
```

Not reported: a member in a comparison (`ws.client_state == ws.client_state.CONNECTED` is right), or
as a value; attributes of the same name of other objects.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import import_of, replace
from holdfast.check.code.kinds import Socket, inference
from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

STATES = {"client_state", "application_state"}
MEMBERS = {"CONNECTING", "CONNECTED", "DISCONNECTED", "RESPONSE"}
ENUM = "WebSocketState"


def find(module: Module) -> Iterator[Problem]:
    """Find members, and states as a whole, that are tested for truth."""
    if ENUM not in module.text and not any(one in module.text for one in STATES):
        return
    for test in dict.fromkeys(one for root in conditions(module) for one in operands(root)):
        if isinstance(test, ast.Attribute) and is_always_true(test, module):
            message = f"`{ast.unparse(test)}` is a member of an enumeration, and always true"
            yield Problem(test, message, fix(test, module))


def conditions(module: Module) -> Iterator[ast.expr]:
    """Give everything that is tested for truth."""
    for node in (*module.every(ast.If, ast.While), *module.every(ast.IfExp)):
        yield node.test  # type: ignore[attr-defined]
    yield from (node.test for node in module.every(ast.Assert))
    for part in module.every(ast.comprehension):
        yield from part.ifs
    for case in module.every(ast.match_case):
        yield from [case.guard] if case.guard else []
    for negation in module.every(ast.UnaryOp):
        if isinstance(negation.op, ast.Not):
            yield negation.operand
    for call in module.every(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "bool":
            yield from call.args
    for both in module.every(ast.BoolOp):
        yield from both.values[:-1]
    for given in module.every(ast.Return):
        function = module.function_of(given)
        if given.value and isinstance(function, FunctionNode) and gives_bool(function):
            yield given.value


def gives_bool(function: FunctionNode) -> bool:
    """Tell whether a function says that it returns a bool."""
    return isinstance(function.returns, ast.Name) and function.returns.id == "bool"


def operands(test: ast.expr) -> Iterator[ast.expr]:
    """Take `and`, `or` and `not` apart."""
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from operands(value)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from operands(test.operand)
    else:
        yield test


def is_always_true(node: ast.Attribute, module: Module) -> bool:
    """Tell whether an attribute is a WebSocket's state, or a member of its states."""
    infer = inference(module)
    if node.attr in STATES:
        return isinstance(infer.kind(node.value, module), Socket)
    if node.attr not in MEMBERS:
        return False
    owner = node.value
    if isinstance(owner, ast.Attribute) and owner.attr in STATES:
        kind = infer.kind(owner.value, module)
        return kind is None or isinstance(kind, Socket)
    full = module.qualify(owner)
    return full.endswith(f"websockets.{ENUM}") and full.split(".")[0] in {"fastapi", "starlette"}


def fix(node: ast.Attribute, module: Module) -> Fix | None:
    """Compare with the member; `not` before it becomes `!=`."""
    state = compared(node, module)
    if state is None:
        return None
    member = f"{ENUM}.{node.attr}"
    edits = import_of(ENUM, "starlette.websockets", module)
    for name, full in module.imports.items():
        if full.endswith(f"websockets.{ENUM}"):
            member, edits = f"{name}.{node.attr}", []
    parent = module.parents[node]
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        changed = replace(parent, f"{state} != {member}", module)
    else:
        changed = replace(node, f"{state} == {member}", module)
    return Fix("Compare the state with it", (changed, *edits))


def compared(node: ast.Attribute, module: Module) -> str | None:
    """Spell the state that a member should be compared with, if that is told."""
    owner = node.value
    if isinstance(owner, ast.Attribute) and owner.attr in STATES:
        return ast.unparse(owner)
    parent = module.parents[node]
    if isinstance(parent, ast.BoolOp) and node.attr in MEMBERS:
        for one in parent.values:
            if isinstance(one, ast.Compare) and isinstance(one.left, ast.Attribute):
                if one.left.attr in STATES and isinstance(one.ops[0], ast.Eq | ast.Is):
                    return ast.unparse(one.left)
    return None


RULE = Rule(
    "WSK211",
    "state-always-true",
    "warning",
    "Compare: `websocket.client_state == WebSocketState.CONNECTED`",
    __doc__ or "",
    find,
    "safe",
)
