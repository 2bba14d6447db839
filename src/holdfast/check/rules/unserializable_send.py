"""A value is sent that its frame cannot carry.

`send_json` of a pydantic model, a dataclass, a datetime, a UUID, a Decimal or a set raises
`TypeError: ... is not JSON serializable`. `send_text` of anything but a `str` raises AttributeError
or TypeError in the server, and of None sends nothing, without a word. The client sees the
connection break off (1006 on uvicorn).

Wrong:

```python
from datetime import datetime

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def clock(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json({"now": datetime.now()})
    await websocket.close()
```

Right:

```python
from datetime import datetime

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def clock(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json({"now": datetime.now().isoformat()})
    await websocket.close()
```

Not reported: values whose type the text does not settle; a `send_json` of another class;
Holdfast's `conn.send`, which encodes all of these.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.edits import replace
from holdfast.check.code.kinds import Instance
from holdfast.check.code.module import Module
from holdfast.check.facts.encodable import bytes_fault, json_fault, sent, text_fault
from holdfast.check.facts.handed import handed, is_guarded
from holdfast.check.facts.opaque import is_model
from holdfast.check.facts.ours import calls_of
from holdfast.check.facts.settled import kind_of
from holdfast.check.facts.sockets import is_socket
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Look at what is handed to the methods that send."""
    for call in calls_of(module, "send_json", "send_text", "send_bytes"):
        value = sent(call)
        if value is None or not is_socket(receiver(call), module):
            continue
        assert isinstance(call.func, ast.Attribute)
        problem = message(call.func.attr, value, module)
        if problem and not is_guarded(call, module):
            yield Problem(call, problem, fix(call, value, module))
    for one in handed(module):
        if problem := message(one.method, one.value, module):
            yield Problem(one.call, f"{problem}, in `{one.by}`")


def message(method: str, value: ast.expr, module: Module) -> str:
    """Say what is wrong with a value."""
    if method == "send_json":
        fault = json_fault(value, module)
        return f"JSON cannot say {fault}, so this raises TypeError" if fault else ""
    if method == "send_bytes":
        fault = bytes_fault(value, module)
        return f"`send_bytes` takes bytes, and this is {fault}" if fault else ""
    if (inner := dumped(value, module)) and (fault := json_fault(inner, module)):
        return f"JSON cannot say {fault}, so this raises TypeError"
    fault = text_fault(value, module)
    if fault == "None":
        return "`send_text(None)` sends nothing"
    return f"`send_text` takes a str, and this is {fault}" if fault else ""


def dumped(value: ast.expr, module: Module) -> ast.expr | None:
    """Give what a plain `json.dumps(...)` is to write."""
    if isinstance(value, ast.Call) and module.qualify(value.func) == "json.dumps":
        helped = any(one.arg in {"default", "cls", None} for one in value.keywords)
        return value.args[0] if value.args and not helped else None
    return None


def fix(call: ast.Call, value: ast.expr, module: Module) -> Fix | None:
    """Send a model as the JSON that it makes itself, and a dict as JSON."""
    assert isinstance(call.func, ast.Attribute)
    text = module.text_of(value) or ast.unparse(value)
    owner = module.text_of(receiver(call)) or ast.unparse(receiver(call))
    if call.func.attr == "send_text" and text_fault(value, module) in {"dict", "list"}:
        if not json_fault(value, module):
            return Fix("Send JSON", (replace(call.func, f"{owner}.send_json", module),), safe=False)
    kind = kind_of(value, module)
    if call.func.attr == "send_json" and isinstance(kind, Instance) and is_model(kind.of):
        if isinstance(value, ast.Name | ast.Attribute | ast.Call):
            edits = replace(call.func, f"{owner}.send_text", module)
            dumped = replace(value, f"{text}.model_dump_json()", module)
            return Fix("Send the model's own JSON", (edits, dumped), safe=False)
    return None


RULE = Rule(
    "WSK602",
    "unserializable-send",
    "error",
    "Encode it: `model_dump_json()`, `jsonable_encoder(...)`, `json.dumps(...)`",
    __doc__ or "",
    find,
    "unsafe",
)
