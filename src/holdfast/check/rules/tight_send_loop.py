"""A long loop does nothing but send, and nothing else runs until it is done.

`await websocket.send_text(...)` gives way to nobody as long as the client's buffers take it. So all
other connections, requests and pings of the process wait for the whole stream: 60,000 messages held
up an HTTP request for half a second.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    for number in range(60_000):
        await websocket.send_text(str(number))
    await websocket.close()
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    for number in range(60_000):
        await websocket.send_text(str(number))
        await asyncio.sleep(0)
    await websocket.close()
```

Not reported: a loop with another `await` in it, and `async for`; short ranges, literals, and
collections of which nothing says that they are long; a broadcast, which has rules of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import lines_after, name_of_package
from holdfast.check.code.kinds import Container, Function, inference
from holdfast.check.code.module import Comprehension, Module, own_nodes, parameters
from holdfast.check.facts.sockets import callee_name, is_peer, operation, target
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

# As many small messages take about ten milliseconds.
MANY = 1000
DEPTH = 4
WRAPPERS = {
    "csv.DictReader",
    "csv.reader",
    "enumerate",
    "zip",
    "map",
    "filter",
    "reversed",
    "iter",
    "list",
    "tuple",
    "sorted",
}
LONG = {"open", "read", "readlines", "fetchall", "stream", "generate", "iter_content", "execute",
        "iter_lines", "iterrows", "itertuples", "read_text", "read_bytes"}  # fmt: skip
ENDLESS = {"itertools.count", "itertools.repeat", "itertools.cycle"}
BLOCKS = {"time.sleep"}


def find(module: Module) -> Iterator[Problem]:
    """Find long loops whose only awaits are sends to one client."""
    loops: list[ast.For | ast.While] = [*module.every(ast.For), *module.every(ast.While)]
    for loop in loops:
        if not is_long(loop, module):
            continue
        waits = list(suspensions(loop, module))
        sends = [one for one in waits if isinstance(one, ast.Await) and only_sends(one, module)]
        if sends and len(sends) == len(waits) and not blocks(loop, module):
            message = "Nothing else runs on the event loop until this loop is done"
            yield Problem(sends[0], message, fix(sends[0], module))


def is_long(loop: ast.For | ast.While, module: Module) -> bool:
    """Tell whether a loop goes over much, or has no end."""
    if isinstance(loop, ast.For):
        return is_much(loop.iter, module)
    if isinstance(loop.test, ast.Constant):
        return bool(loop.test.value)
    return isinstance(loop.test, ast.NamedExpr) and is_much(loop.test.value, module)


def is_much(node: ast.AST, module: Module, depth: int = 0) -> bool:
    """Tell whether something iterable is long, or may well be."""
    match node:
        case ast.Name() if depth < DEPTH:
            _, bindings = inference(module).scopes(module).lookup(node)
            bindings = [one for one in bindings if one.how != "annotation"]
            sources = [one.source for one in bindings if one.how in {"value", "context"}]
            return len(sources) == len(bindings) == 1 and is_much(sources[0], module, depth + 1)
        case ast.ListComp(generators=[first, *_]) | ast.GeneratorExp(generators=[first, *_]):
            return is_much(first.iter, module, depth)
        case ast.BinOp(op=ast.Mult(), right=right):
            return (number(right, module) or 0) >= MANY
        case ast.Call():
            return call_is_much(node, module, depth)
    return False


def call_is_much(node: ast.Call, module: Module, depth: int) -> bool:
    """Tell whether a call gives something long."""
    name = module.qualify(node.func)
    if name in WRAPPERS:
        return any(is_much(one, module, depth) for one in node.args)
    if name in {"bytes", "bytearray"}:
        return bool(node.args) and (number(node.args[0], module) or 0) >= MANY
    if name == "range":
        return is_far(node, module)
    if name in ENDLESS:
        return True
    if any(one.arg == "stream" and is_true(one.value) for one in node.keywords):
        return True
    if "limit" in ast.unparse(node).lower():
        return False
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in LONG or is_much(node.func.value, module, depth):
            return True
    return name in LONG or is_generator(node, module)


def is_true(node: ast.expr) -> bool:
    """Tell whether an expression is `True`."""
    return isinstance(node, ast.Constant) and node.value is True


def is_far(call: ast.Call, module: Module) -> bool:
    """Tell whether a range is long, or as long as something may be."""
    values = [number(one, module) for one in call.args]
    numbers = [one for one in values if one is not None]
    if len(numbers) == len(values):
        return len(range(*numbers)) >= MANY
    match call.args:
        case [_, ast.Call(func=ast.Name(id="len"), args=[data]), _]:
            # `range(0, len(data), size)` cuts something into pieces.
            return is_much(data, module)
    return False


def number(node: ast.AST, module: Module) -> int | None:
    """Give the value of a number, or of a name that has one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(node)
        bindings = [one for one in bindings if one.how != "annotation"]
        if len(bindings) == 1 and bindings[0].how == "value":
            return number(bindings[0].source, module)
        if bindings and isinstance(parameter := bindings[0].source, ast.arg):
            function = module.function_of(parameter)
            given = parameters(function) if function else ()
            default = next((value for one, value in given if one is parameter), None)
            return number(default, module) if default else None
    return None


def is_generator(call: ast.Call, module: Module) -> bool:
    """Tell whether a function of the project is called that yields."""
    helper = callee(call, module)
    if helper is None or helper.is_async:
        return False
    kind = inference(module).result(helper)
    return isinstance(kind, Container) and kind.type == "yielded"


def suspensions(loop: ast.For | ast.While, module: Module) -> Iterator[ast.AST]:
    """Give whatever may give way within a loop."""
    for statement in loop.body:
        for node in (statement, *own_nodes(statement)):
            is_async = isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith | ast.Yield)
            if is_async or (
                isinstance(node, Comprehension) and any(one.is_async for one in node.generators)
            ):
                yield node


def only_sends(node: ast.Await, module: Module) -> bool:
    """Tell whether an await is a send to one client, or a helper's that does nothing else."""
    call = node.value
    if operation(call, module) == "send":
        assert isinstance(call, ast.Call)
        return not is_peer(target(call), module)
    helper = callee(call, module) if isinstance(call, ast.Call) else None
    return helper is not None and helper.is_async and helper_only_sends(helper)


def helper_only_sends(helper: Function) -> bool:
    """Tell whether all that a helper waits for is a send."""
    nodes = list(own_nodes(helper.node))
    if any(isinstance(one, ast.AsyncFor | ast.AsyncWith) for one in nodes):
        return False
    awaits = [one for one in nodes if isinstance(one, ast.Await)]
    return bool(awaits) and all(
        operation(one.value, helper.module) == "send"
        and isinstance(one.value, ast.Call)
        and not is_peer(target(one.value), helper.module)
        for one in awaits
    )


def blocks(loop: ast.For | ast.While, module: Module) -> bool:
    """Tell whether a loop waits in a way that stops everything anyhow: that is another mistake."""
    calls = (one for one in own_nodes(loop) if isinstance(one, ast.Call))
    return any(callee_name(one, module) in BLOCKS for one in calls)


def fix(node: ast.Await, module: Module) -> Fix | None:
    """Give way behind each send."""
    statement = module.statement_of(node)
    if (
        not isinstance(statement, ast.Expr | ast.Assign)
        or module.lines[statement.lineno - 1][: statement.col_offset].strip()
    ):
        return None
    local, edits = name_of_package("asyncio", module)
    edits.append(lines_after(statement, [f"await {local}.sleep(0)"], module))
    return Fix("Add `await asyncio.sleep(0)`", tuple(edits))


RULE = Rule(
    "WSK504",
    "tight-send-loop",
    "info",
    "Add `await asyncio.sleep(0)` behind the send",
    __doc__ or "",
    find,
    "safe",
)
