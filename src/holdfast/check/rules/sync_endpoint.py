"""A WebSocket endpoint is a plain function.

FastAPI and Starlette await what an endpoint returns: the body runs, then `TypeError: object
NoneType can't be used in 'await' expression` follows and the client sees HTTP 500.

Not reported: HTTP endpoints, dependencies and classes; a function that returns the coroutine of
another one; a function that a decorator below the route's may have changed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.module import FunctionNode, Module, own_nodes
from holdfast.check.routes import routes
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find endpoints defined with `def`."""
    for function in {route.function: None for route in routes(module)}:
        if isinstance(function, ast.FunctionDef) and not returns_something(function):
            yield Problem(function, f"WebSocket endpoint `{function.name}` is a plain function, which fails")


def returns_something(function: FunctionNode) -> bool:
    """Tell whether a function returns what may be awaitable: `return handle(websocket)` works."""
    returns = (node.value for node in own_nodes(function) if isinstance(node, ast.Return))
    return any(value and not isinstance(value, ast.Constant) for value in returns)


RULE = Rule("WSK103", "sync-endpoint", "error", "Define it with `async def`", __doc__ or "", find)
