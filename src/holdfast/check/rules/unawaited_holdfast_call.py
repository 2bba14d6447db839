"""A call of Holdfast's API is never awaited, so it does nothing.

`conn.send`, `conn.join`, `hf.publish` and their like are coroutines: nothing is sent, joined or
published. All that shows is a `RuntimeWarning` on stderr, which names the call and its line.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    conn.join("lobby")
    async for text in conn:
        hf.publish("lobby", text)
```

Right:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    await conn.join("lobby")
    async for text in conn:
        await hf.publish("lobby", text)
```

Not reported: a coroutine that is handed on (`create_task(hf.publish(...))`, `gather(...)`),
returned, or kept to be awaited later; an object that is not known to be Holdfast's; what a test
expects to fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.edits import insert_before
from holdfast.check.code.module import Module
from holdfast.check.facts.ours import calls_of, is_connection, is_expected, is_holdfast
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

OF_CONNECTION = ("accept", "close", "join", "leave", "receive", "send")
OF_HOLDFAST = ("broadcast", "disconnect", "history", "presence", "publish")


def find(module: Module) -> Iterator[Problem]:
    """Find calls that stand alone."""
    for call in calls_of(module, *OF_CONNECTION):
        if stands_alone(call, module) and is_connection(receiver(call), module):
            yield problem(call, module)
    for call in calls_of(module, *OF_HOLDFAST):
        # In a `def` there is no loop, and that is another mistake.
        if in_coroutine(call, module) and stands_alone(call, module):
            if is_holdfast(receiver(call), module):
                yield problem(call, module)


def stands_alone(call: ast.Call, module: Module) -> bool:
    """Tell whether a call's result is thrown away."""
    return isinstance(module.parents[call], ast.Expr) and not is_expected(call, module)


def in_coroutine(call: ast.Call, module: Module) -> bool:
    """Tell whether an `await` may stand there."""
    return isinstance(module.function_of(call), ast.AsyncFunctionDef)


def problem(call: ast.Call, module: Module) -> Problem:
    """Say what is not awaited."""
    fix = Fix("Add `await`", (insert_before(call, "await ", module),))
    message = f"`{ast.unparse(call.func)}()` is never awaited, so it does nothing"
    return Problem(call, message, fix if in_coroutine(call, module) else None)


RULE = Rule(
    "WSK901", "unawaited-holdfast-call", "error", "Add `await`", __doc__ or "", find, "safe"
)
