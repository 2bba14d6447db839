"""A publish that blocks is called on the event loop, where it refuses to.

`hf.publish_threadsafe(...)` and `Publisher.publish(...)` wait for the broker with the whole thread.
On the event loop they raise `WrongThread` at once, and nothing is published: the endpoint answers
HTTP 500, and a handler's connection is closed with 1011.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/orders/{id}/ship")
async def ship(id: int):
    hf.publish_threadsafe(f"orders.{id}", "shipped")
```

Right:

```python
from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/orders/{id}/ship")
async def ship(id: int):
    await hf.publish(f"orders.{id}", "shipped")
```

Not reported: a `def`, which FastAPI runs in a thread; what is handed to `asyncio.to_thread`;
`AsyncPublisher`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.edits import replace
from holdfast.check.code.module import Module
from holdfast.check.facts.ours import calls_of, is_expected, is_holdfast, made_of
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

PUBLISHERS = {"holdfast.Publisher", "holdfast.backplane.publisher.Publisher"}


def find(module: Module) -> Iterator[Problem]:
    """Find the blocking calls whose innermost function is a coroutine."""
    for call in calls_of(module, "publish_threadsafe"):
        if on_loop(call, module) and is_holdfast(receiver(call), module):
            name = ast.unparse(call.func)
            message = f"`{name}()` would block the event loop, so it raises WrongThread"
            yield Problem(call, message, fix(call, module))
    for call in calls_of(module, "publish"):
        if on_loop(call, module) and made_of(receiver(call), PUBLISHERS, module):
            message = "A `Publisher` blocks, so on the event loop it raises WrongThread"
            yield Problem(call, message)


def on_loop(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is made by a coroutine itself."""
    if is_expected(call, module):
        return False
    for parent in module.ancestors(call):
        if isinstance(parent, ast.Lambda | ast.FunctionDef):
            return False
        if isinstance(parent, ast.AsyncFunctionDef):
            return True
    return False


def fix(call: ast.Call, module: Module) -> Fix | None:
    """Publish as a coroutine does."""
    if isinstance(module.parents[call], ast.Attribute | ast.Subscript):
        return None  # `(await ...)` would need brackets
    owner = module.text_of(receiver(call)) or ast.unparse(receiver(call))
    edit = replace(call.func, f"await {owner}.publish", module)
    return Fix("Await `publish`", (edit,))


RULE = Rule(
    "WSK903",
    "blocking-publish-on-loop",
    "error",
    "Await `hf.publish(...)`, or `AsyncPublisher.publish(...)`",
    __doc__ or "",
    find,
    "safe",
)
