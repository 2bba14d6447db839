"""A handler of everything swallows the cancellation of the task.

`asyncio.CancelledError` is a `BaseException`, so that `except Exception` lets it through; a bare
`except:` and `except BaseException` do not. A deadline, a server's shutdown, a task group or daphne
cancels the task, and the handler goes on as if a message had been wrong: a loop continues, and the
shutdown waits for it.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def tell(websocket: WebSocket, text: str):
    try:
        await websocket.send_text(text)
    except:
        print("gone")
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def tell(websocket: WebSocket, text: str):
    try:
        await websocket.send_text(text)
    except (WebSocketDisconnect, RuntimeError):
        print("gone")
```

Not reported: a handler that raises; one below `except asyncio.CancelledError`; a `try` in which
nothing is awaited, or only a `close()`, or a task that the function has cancelled itself; functions
that have no WebSocket.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import replace
from holdfast.check.code.module import FunctionNode, Module, own_nodes
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import is_socket, operation
from holdfast.check.facts.ways import suppressed
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.flow.exceptions import caught_names
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = "swallows cancellation, so that the task cannot be ended"


def find(module: Module) -> Iterator[Problem]:
    """Find such handlers, over something awaited, in functions that have a WebSocket."""
    for node in module.every(ast.Try):
        handler = swallower(node, module)
        function = module.function_of(node) if handler else None
        if handler and function and awaits(node, module) and has_socket(function, module):
            name = "except BaseException" if handler.type else "except:"
            message = f"`{name}` {MESSAGE}"
            yield Problem(handler, message, fix(handler, module))
    for block in module.every(ast.With):
        if "BaseException" not in suppressed(block, module):
            continue
        function = module.function_of(block)
        if function and awaits(block, module) and has_socket(function, module):
            message = (
                "`suppress(BaseException)` swallows cancellation, so that the task cannot be ended"
            )
            yield Problem(block, message)


def swallower(node: ast.Try, module: Module) -> ast.ExceptHandler | None:
    """Find the handler of a try that a cancellation ends in."""
    if not any(
        one.type is None or "BaseException" in ast.unparse(one.type) for one in node.handlers
    ):
        return None
    for handler in node.handlers:
        names = caught_names(handler, module)
        if "CancelledError" in names and "BaseException" not in names:
            return None
        if "BaseException" in names:
            raises = any(isinstance(one, ast.Raise) for one in inside(handler.body))
            return None if raises or hands_on(handler, module) else handler
    return None


def hands_on(handler: ast.ExceptHandler, module: Module) -> bool:
    """Tell whether what was caught is kept to be raised later, or given to who waits for it."""
    function = module.function_of(handler)
    if handler.name is None or function is None:
        return False
    kept = set[str]()
    for one in inside(handler.body):
        if isinstance(one, ast.Assign) and ast.unparse(one.value) == handler.name:
            kept |= {ast.unparse(target) for target in one.targets}
        if isinstance(one, ast.Call) and getattr(one.func, "attr", "") == "set_exception":
            return True
    raised = (one.exc for one in own_nodes(function) if isinstance(one, ast.Raise) and one.exc)
    return any(ast.unparse(one) in kept for one in raised)


def awaits(node: ast.Try | ast.With, module: Module) -> bool:
    """Tell whether anything but a close is awaited in the body of a statement."""
    for one in inside(node.body):
        if isinstance(one, ast.AsyncFor | ast.AsyncWith):
            return True
        if isinstance(one, ast.Await):
            if is_cancelled(one.value, module):
                continue
            method = getattr(getattr(one.value, "func", None), "attr", "")
            if method != "close" and operation(one.value, module) != "close":
                return True
    return False


def is_cancelled(node: ast.expr, module: Module) -> bool:
    """Tell whether something awaited is a task that the function itself has cancelled before."""
    function = module.function_of(node)
    if not isinstance(node, ast.Name | ast.Attribute) or function is None:
        return False
    name = ast.unparse(node)
    return any(
        isinstance(one, ast.Attribute)
        and one.attr == "cancel"
        and one.lineno <= node.lineno
        and ast.unparse(one.value) == name
        for one in own_nodes(function)
    )


def inside(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """Walk statements without the functions that are defined in them."""
    for statement in statements:
        if not isinstance(statement, FunctionNode | ast.ClassDef):
            yield statement
            yield from own_nodes(statement)


def has_socket(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function has to do with a WebSocket."""
    if any(one.function is function for one in endpoints(module)):
        return True
    return any(
        is_socket(one, module)
        for one in own_nodes(function)
        if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)
    )


def fix(handler: ast.ExceptHandler, module: Module) -> Fix | None:
    """Catch `Exception` instead, which leaves cancellation alone."""
    if handler.type is None:
        span = module.span(handler)
        column = span.column + len("except")
        place = Span(span.row, column, span.row, column)
        return Fix("Catch Exception", (Edit(place, " Exception"),), safe=False)
    given = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    edits = [
        replace(one, "Exception", module)
        for one in given
        if module.qualify(one).rpartition(".")[2] == "BaseException"
    ]
    return Fix("Catch Exception", tuple(edits), safe=False) if edits else None


RULE = Rule(
    "WSK212",
    "bare-except",
    "warning",
    "Catch `Exception`, or raise again what is none",
    __doc__ or "",
    find,
    "unsafe",
)
