"""A `def` that runs in a thread publishes as if it were on the event loop.

FastAPI runs `def` endpoints, `def` dependencies and background tasks in a thread, as `to_thread`
and `Thread` do, and Holdfast a `def` producer. There `hf.publish`, `hf.publish_nowait` and
`hf.broadcast` raise `WrongThread`, and nothing is published.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/orders/{id}/ship")
def ship(id: int):
    hf.publish_nowait(f"orders.{id}", "shipped")
```

Right:

```python
from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/orders/{id}/ship")
def ship(id: int):
    hf.publish_threadsafe(f"orders.{id}", "shipped")
```

Not reported: a `def` that nothing in the file runs in a thread; what `call_soon_threadsafe` calls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee, receiver
from holdfast.check.code.edits import replace
from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.facts.ours import calls_of, is_holdfast
from holdfast.check.facts.threads import in_threads
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

PUBLISHES = ("publish", "publish_nowait", "broadcast")


def find(module: Module) -> Iterator[Problem]:
    """Find publishes in the functions that run in threads, and in those that they call."""
    calls = calls_of(module, *PUBLISHES)
    if not any(is_holdfast(receiver(call), module) for call in calls):
        return
    threads = with_called(in_threads(module), module)
    for call in calls:
        if is_holdfast(receiver(call), module) and around(call, module) in threads:
            name = ast.unparse(call.func)
            message = f"`{name}()` is called in a thread, where it raises WrongThread"
            yield Problem(call, message, fix(call, module))


def around(call: ast.Call, module: Module) -> ast.AST | None:
    """Find what a call belongs to: the innermost function or lambda."""
    kinds = FunctionNode | ast.Lambda
    return next((one for one in module.ancestors(call) if isinstance(one, kinds)), None)


def with_called(functions: set[ast.AST], module: Module) -> set[ast.AST]:
    """Add the plain functions of the file that these call."""
    found: set[ast.AST] = set()
    waiting = list(functions)
    while waiting:
        function = waiting.pop()
        if function in found:
            continue
        found.add(function)
        nodes = walk(function) if isinstance(function, ast.Lambda) else own_nodes(function)
        for call in nodes:
            helper = callee(call, module) if isinstance(call, ast.Call) else None
            if helper and helper.module is module and not helper.is_async:
                waiting.append(helper.node)
    return found


def fix(call: ast.Call, module: Module) -> Fix | None:
    """Publish as a thread does."""
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr == "broadcast" or not isinstance(module.parents[call], ast.Expr):
        return None
    owner = module.text_of(receiver(call)) or ast.unparse(receiver(call))
    edit = replace(call.func, f"{owner}.publish_threadsafe", module)
    return Fix("Write `publish_threadsafe`", (edit,))


RULE = Rule(
    "WSK902",
    "publish-from-thread",
    "error",
    "Write `hf.publish_threadsafe(...)`, or make the function `async def`",
    __doc__ or "",
    find,
    "safe",
)
