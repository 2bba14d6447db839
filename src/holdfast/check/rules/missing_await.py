"""A WebSocket method is called and its coroutine thrown away.

Nothing is sent, received, accepted or closed; all that shows is a `RuntimeWarning` on stderr. A
forgotten `await` before `accept()` makes the next call raise, and the client sees HTTP 500.

Not reported: a coroutine that is handed on (`create_task(ws.send_text(...))`, `gather(...)`),
returned, or kept to be awaited later; an object that no annotation shows to be a WebSocket.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.edits import insert_before
from holdfast.check.finding import Fix
from holdfast.check.module import Module
from holdfast.check.rules.rule import Problem, Rule
from holdfast.check.sockets import COROUTINES, is_socket


def find(module: Module) -> Iterator[Problem]:
    """Find calls that stand alone, of a coroutine method of a WebSocket."""
    for node in module.every(ast.Expr):
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr in COROUTINES and is_socket(call.func.value, module):
            name = ast.unparse(call.func)
            message = f"`{name}()` is never awaited, so it does nothing"
            yield Problem(call, message, fix(call, module))


def fix(call: ast.Call, module: Module) -> Fix | None:
    """Add the `await`, where one may stand."""
    if not isinstance(module.function_of(call), ast.AsyncFunctionDef):
        return None
    return Fix("Add `await`", (insert_before(call, "await ", module),))


RULE = Rule("WSK101", "missing-await", "error", "Add `await`", __doc__ or "", find, "safe")
