"""A WebSocket method is called and its coroutine thrown away.

Nothing is sent, received, accepted or closed; all that shows is a `RuntimeWarning` on stderr. A
forgotten `await` before `accept()` makes the next call raise, and the client sees HTTP 500.

Not reported: a coroutine that is handed on (`create_task(ws.send_text(...))`, `gather(...)`),
returned, or kept to be awaited later; an object that no annotation shows to be a WebSocket.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.module import Module
from holdfast.check.rules.rule import Rule
from holdfast.check.sockets import COROUTINES, is_websocket


def find(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Find calls that stand alone, of a coroutine method of a known WebSocket."""
    for node in module.nodes:
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            continue
        function = node.value.func
        if not (isinstance(function, ast.Attribute) and function.attr in COROUTINES):
            continue
        if is_websocket(function.value, module):
            name = ast.unparse(function)
            yield node.value, f"`{name}()` is never awaited, so it does nothing"


RULE = Rule("WSK101", "missing-await", "Add `await`", __doc__ or "", find)
