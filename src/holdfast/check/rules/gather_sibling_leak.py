"""`asyncio.gather` runs a coroutine that receives beside one that goes on without the client.

When the client leaves, the receiving one ends. If it returns, gather waits for the other for ever:
the handler never ends, and a server that is told to stop hangs. If it raises, gather raises and the
other just goes on, until the process ends: a leak for each client. On uvicorn one that sends ends
at its next send; hypercorn and granian let it send into nothing for ever.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
news: asyncio.Queue[str] = asyncio.Queue(100)


async def reader(websocket: WebSocket):
    async for text in websocket.iter_text():
        print(text)


async def writer(websocket: WebSocket):
    while True:
        await websocket.send_text(await news.get())


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await asyncio.gather(reader(websocket), writer(websocket))
```

Right:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
news: asyncio.Queue[str] = asyncio.Queue(100)


async def reader(websocket: WebSocket):
    async for text in websocket.iter_text():
        print(text)


async def writer(websocket: WebSocket):
    while True:
        await websocket.send_text(await news.get())


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    tasks = [
        asyncio.create_task(reader(websocket)),
        asyncio.create_task(writer(websocket)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
```

Not reported: a `TaskGroup`; tasks that are cancelled; coroutines that end by themselves, that all
receive, or that the receiving one tells to end (an event, a sentinel in a queue, a flag).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import indent_of, indented, name_of_package, replace
from holdfast.check.code.kinds import Function
from holdfast.check.code.module import FunctionNode, Module, body_nodes, own_nodes, walk
from holdfast.check.facts.branches import branch, spread
from holdfast.check.facts.callers import calls_of
from holdfast.check.facts.deliveries import has_deadline
from holdfast.check.facts.sockets import OPERATIONS, callee_name, operation, uses
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

TAKES = {"receive", "raw_receive", "iterate"}
WAITS = {"asyncio.gather", "asyncio.wait"}
# Calls by which one coroutine ends another.
ENDS = {"set", "cancel", "stop", "close", "aclose", "shutdown", "disconnect", "terminate", "finish"}
# Awaited methods that take what others give.
COMES = {"get", "wait", "recv", "popleft"}
STATES = {"client_state", "application_state"}
PUTS = {"put", "put_nowait", "send_nowait", "send"}


MESSAGE = "When the client leaves, one of these ends and the other goes on for ever"


def find(module: Module) -> Iterator[Problem]:
    """Find gathers of one that receives and one that goes on without it."""
    for call in module.every(ast.Call):
        if module.qualify(call.func) not in WAITS:
            continue
        node, function = module.parents[call], module.function_of(call)
        if function is None or not isinstance(node, ast.Await | ast.Assign | ast.Return):
            continue
        if has_deadline(node, module) or is_timed(call) or cancels(function, module):
            continue
        given = [one for each in call.args for one in spread(each, module)]
        if any(is_cancelled_elsewhere(one, module) for one in given):
            continue
        if goes_on_alone(given, module):
            mended = fix(node, module) if isinstance(node, ast.Await) else None
            yield Problem(node, MESSAGE, mended)
        elif any(goes_on_alone(*one) for one in handed(call, function, module)):
            yield Problem(node, MESSAGE)


def goes_on_alone(given: list[ast.expr], module: Module) -> bool:
    """Tell whether one of some coroutines receives, and another goes on when it has ended."""
    branches = [one for each in given if (one := branch(each, module))]
    readers = [one for one in branches if receives(one)]
    others = [one for one in branches if not receives(one) and goes_on(one)]
    return bool(readers) and any(not ended_by(readers, one) for one in others)


def handed(
    call: ast.Call, function: FunctionNode, module: Module
) -> Iterator[tuple[list[ast.expr], Module]]:
    """Give what callers give to a function that gathers what it is given, `*coroutines`."""
    match call.args, function.args:
        case [ast.Starred(value=ast.Name(id=name))], ast.arguments(vararg=ast.arg(arg=other)):
            if name == other:
                for caller, file, outer in calls_of(function, module):
                    helper = callee(caller, file)
                    if helper and outer and not cancels(outer, file):
                        first = len(function.args.args) - helper.bound
                        yield [e for one in caller.args[first:] for e in spread(one, file)], file


def fix(node: ast.Await, module: Module) -> Fix | None:
    """Wait for the first to end, cancel the others, and raise what it has raised."""
    statement, call = module.statement_of(node), node.value
    assert isinstance(call, ast.Call)
    is_gather = callee_name(call, module) == "asyncio.gather"
    is_plain = (
        is_gather
        and isinstance(statement, ast.Expr)
        and not any(isinstance(one, ast.Starred | ast.Name | ast.Attribute) for one in call.args)
    )
    if not is_plain or statement.lineno != statement.end_lineno:
        return None
    local, edits = name_of_package("asyncio", module)
    made = [f"{local}.ensure_future({ast.unparse(one)})" for one in call.args]
    indent = indent_of(statement, module)
    lines = [
        f"tasks = [{', '.join(made)}]",
        "try:",
        f"    done, _ = await {local}.wait(tasks, return_when={local}.FIRST_COMPLETED)",
        "finally:",
        "    for task in tasks:",
        "        task.cancel()",
        "for task in done:",
        "    task.result()",
    ]
    edits.append(replace(statement, f"\n{indent}".join(indented(lines, module)), module))
    return Fix("Wait for the first, and cancel the others", tuple(edits), safe=False)


def cancels(function: FunctionNode, module: Module, depth: int = 0) -> bool:
    """Tell whether a function, or what it calls, cancels something."""
    for node in body_nodes(function):
        if isinstance(node, ast.Attribute) and "cancel" in node.attr:
            return True
        if isinstance(node, ast.Call) and depth < 2:
            helper = callee(node, module)
            if helper and cancels(helper.node, helper.module, depth + 1):
                return True
    return False


def is_timed(call: ast.Call) -> bool:
    """Tell whether a wait ends by itself."""
    return any(one.arg == "timeout" for one in call.keywords)


def is_cancelled_elsewhere(node: ast.expr, module: Module) -> bool:
    """Tell whether something in the file cancels a task that is kept in an attribute."""
    return isinstance(node, ast.Attribute) and any(
        one.attr == "cancel"
        and isinstance(one.value, ast.Attribute)
        and one.value.attr == node.attr
        for one in module.every(ast.Attribute)
    )


def receives(function: Function) -> bool:
    """Tell whether a function takes what its client sends."""
    found = uses(function.node, function.module)
    return any(one.operation in TAKES and not one.peer and not one.concurrent for one in found)


def goes_on(function: Function, depth: int = 0) -> bool:
    """Tell whether a function waits in a loop that the client's leaving does not end."""
    module = function.module
    for node in own_nodes(function.node):
        if isinstance(node, ast.AsyncFor):
            return True
        if isinstance(node, ast.While) and has_await(node):
            if not looks_at_state(node) or waits_for_others(node, module):
                return True
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and depth < 3:
            helper = callee(node.value, module)
            if helper and helper.is_async and goes_on(helper, depth + 1):
                return True
    return False


def has_await(loop: ast.While) -> bool:
    """Tell whether a loop waits."""
    return any(isinstance(one, ast.Await) for one in own_nodes(loop))


def looks_at_state(loop: ast.While) -> bool:
    """Tell whether a loop ends when the other one has seen the client leave."""
    return any(isinstance(one, ast.Attribute) and one.attr in STATES for one in walk(loop))


def waits_for_others(block: ast.AST, module: Module, depth: int = 0) -> bool:
    """Tell whether something waits for what may never come: looking at a state does not help it."""
    for node in own_nodes(block):
        if not isinstance(node, ast.Await) or not isinstance(node.value, ast.Call):
            continue
        call = node.value
        if isinstance(call.func, ast.Attribute) and call.func.attr in COMES and not call.args:
            return True
        helper = callee(call, module) if depth < 2 else None
        if helper and waits_for_others(helper.node, helper.module, depth + 1):
            return True
    return False


# -- what one tells the other ---------------------------------------------------------------------


def ended_by(readers: list[Function], other: Function) -> bool:
    """Tell whether one of those that receive ends another coroutine when it ends."""
    return any(tells(one, other) for one in readers)


def tells(reader: Function, other: Function) -> bool:
    """Tell whether a function does, at its end, what may end another one."""
    named = {ast.unparse(one) for one in body_nodes(other.node) if isinstance(one, ast.expr)}
    for node in closing(reader):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            attr = node.func.attr
            if attr in ENDS and not operation(node, reader.module):
                return True
            if attr in PUTS and not is_send(node, reader.module):
                if not only_fills(other, ast.unparse(node.func.value)):
                    return True
        if isinstance(node, ast.Assign | ast.AugAssign):
            goals = node.targets if isinstance(node, ast.Assign) else [node.target]
            shared = (one for one in goals if is_shared(one, reader))
            if any(ast.unparse(one) in named for one in shared):
                return True
    return False


def only_fills(other: Function, queue: str) -> bool:
    """Tell whether a function puts into a queue of this name, and does nothing else with it."""
    module = other.module
    found = [
        module.parents.get(one)
        for one in body_nodes(other.node)
        if isinstance(one, ast.Name | ast.Attribute) and ast.unparse(one) == queue
    ]
    return bool(found) and all(isinstance(one, ast.Attribute) and one.attr in PUTS for one in found)


def is_shared(goal: ast.expr, reader: Function) -> bool:
    """Tell whether others see what is assigned: an attribute, or a name from outside."""
    if not isinstance(goal, ast.Name):
        return True
    declared = (one for one in own_nodes(reader.node) if isinstance(one, ast.Nonlocal | ast.Global))
    return any(goal.id in one.names for one in declared)


def is_send(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is one of a WebSocket's."""
    return operation(call, module) in OPERATIONS.values()


def closing(reader: Function) -> Iterator[ast.AST]:
    """Walk what a function does once its client has left: behind its loops, and in handlers.

    Over `iter_text()` no handler is entered: the loop just ends.
    """
    iterates = any(isinstance(one, ast.AsyncFor) for one in own_nodes(reader.node))
    for node in own_nodes(reader.node):
        if isinstance(node, ast.Try):
            handled = [] if iterates else node.handlers
            for one in (*handled, *node.finalbody):
                yield from walk(one)
        if isinstance(node, ast.AsyncFor | ast.While):
            for after in behind(node, reader):
                yield from walk(after)
        if isinstance(node, ast.While):
            yield from leaving(node)


def behind(loop: ast.stmt, reader: Function) -> list[ast.stmt]:
    """Give the statements behind a loop in its block."""
    block = reader.module.block_of(loop)
    return block[block.index(loop) + 1 :] if loop in block else []


def leaving(loop: ast.While) -> Iterator[ast.AST]:
    """Walk the blocks of a loop that end with its `break`, or with a `return`."""
    for node in walk(loop):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[-1], ast.Break | ast.Return):
                for one in block:
                    yield from walk(one)


RULE = Rule(
    "WSK401",
    "gather-sibling-leak",
    "error",
    "Wait for the first to end (`FIRST_COMPLETED`) and cancel the others; or use a `TaskGroup`",
    __doc__ or "",
    find,
    "unsafe",
)
