"""A broadcast gathers its sends without `return_exceptions=True`.

The first client that is gone makes `gather` raise in the handler of whoever spoke, and drops that
one, while the other sends still run. What they raise is never seen, so nobody learns who is gone;
and a slow client is waited for all the same.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(text: str):
    await asyncio.gather(*(client.send_text(text) for client in clients))
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(text: str):
    sends = (asyncio.wait_for(client.send_text(text), timeout=5) for client in clients)
    await asyncio.gather(*sends, return_exceptions=True)
```

Not reported: coroutines that catch what a send raises; a `TaskGroup`, which cancels the others on
purpose.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import returns_exceptions
from holdfast.check.code.edits import insert_after, replace
from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.facts.broadcasts import Broadcast, broadcasts
from holdfast.check.facts.deliveries import guards
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find gathers of sends that fail with the first that fails."""
    for one in broadcasts(module):
        if one.gather is not None and not one.guarded and not returns_exceptions(one.gather):
            message = "The first client that is gone makes this raise, and hides who else is"
            yield Problem(one.node, message, fix(one, one.gather, module))


def fix(one: Broadcast, call: ast.Call, module: Module) -> Fix | None:
    """Ask for the exceptions, where nobody uses the results."""
    if not isinstance(module.parents[one.node], ast.Expr):
        return None
    said = next((each.value for each in call.keywords if each.arg == "return_exceptions"), None)
    if said is not None:
        edit = replace(said, "True", module)
    else:
        last = max((*call.args, *(each.value for each in call.keywords)), key=position)
        edit = insert_after(last, ", return_exceptions=True", module)
    text = "Add `return_exceptions=True`"
    return Fix(text, (edit,), safe=not is_caught(one.node, module))


def position(node: ast.expr) -> tuple[int, int]:
    """Say where an expression ends."""
    return node.end_lineno or 0, node.end_col_offset or 0


def is_caught(node: ast.AST, module: Module) -> bool:
    """Tell whether the function catches what gather raises: then that handler would be dead."""
    inner = node
    for outer in module.ancestors(node):
        if isinstance(outer, FunctionNode):
            return False
        if isinstance(outer, ast.Try | ast.With | ast.AsyncWith) and guards(outer, inner, module):
            return True
        inner = outer
    return False


RULE = Rule(
    "WSK307",
    "gather-broadcast-fail-fast",
    "warning",
    "Add `return_exceptions=True`, and a deadline to each send",
    __doc__ or "",
    find,
    "safe",
)
