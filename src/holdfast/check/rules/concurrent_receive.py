"""Two tasks receive from one WebSocket.

Each message comes to one of them, and which one is chance: a task that only watches for the end
takes messages away from the one that should answer them. With `uvicorn --ws websockets` the second
receive raises `RuntimeError: cannot call recv while another coroutine is already waiting for the
next message`.

Wrong:

```python
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def read_commands(websocket: WebSocket):
    async for command in websocket.iter_text():
        await websocket.send_text(command)


async def wait_for_end(websocket: WebSocket):
    async for _ in websocket.iter_text():
        pass


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await asyncio.gather(read_commands(websocket), wait_for_end(websocket))
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    async for command in websocket.iter_text():
        await websocket.send_text(command)
```

Not reported: one reader after the other; a task that is awaited or cancelled before somebody else
receives; one `receive()` that is made anew when it has ended; two different WebSockets.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, walk
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.handling import exits
from holdfast.check.facts.loops import loops
from holdfast.check.facts.sockets import given, is_socket, operation
from holdfast.check.facts.visits import Step, Visit, conversations, surrounding
from holdfast.check.rules.rule import Problem, Rule

# What one does with a task that goes on.
LOOKS = {"done", "add_done_callback", "cancelled", "set_name", "get_name"}
TASKS = {"create_task", "ensure_future"}
READS = {"receive", "raw_receive", "iterate"}
MESSAGE = "Another task receives from this WebSocket, too: each message comes to one of them only"


def find(module: Module) -> Iterator[Problem]:
    """Find the second of two readers of one connection that run at the same time."""
    seen: set[ast.AST] = set()
    for conversation in conversations(module):
        for visit in conversation.visits:
            if visit.module is module:
                place = second_reader(visit)
                if place is not None and place not in seen:
                    seen.add(place)
                    yield Problem(place, MESSAGE)


def second_reader(visit: Visit) -> ast.AST | None:
    """Find where a function starts a reader, or reads, while it has another one read."""
    started = list(readers(visit, once=True))
    lasting = list(readers(visit, once=False))
    for index, first in enumerate(lasting):
        for other in lasting[index + 1 :]:
            if not is_apart(first, other, visit):
                return gathered_in(first, other, visit.module) or other
    for one in started:
        if found := own_read(one, visit) or awaited_read(one, visit):
            return found
    return next(remade(visit), None)


def readers(visit: Visit, *, once: bool) -> Iterator[ast.Call]:
    """Give the calls that make a task which receives: `create_task(f(ws))`, `start_soon(f, ws)`."""
    for step, child in visit.children:
        node = step.node
        parent = visit.module.parents.get(node)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(parent, ast.Call):
            node = parent if parent.args[:1] == [node] else node
        if isinstance(node, ast.Call) and is_reader(step, child, once=once):
            yield node


def is_reader(step: Step, child: Visit, *, once: bool) -> bool:
    """Tell whether a task that a function starts receives, be it once, or in a loop."""
    if step.how not in {"task", "gathered"} or not child.concurrent:
        return False
    return any(reads(one, once=once) for one in (child, *reached(child)))


def reached(visit: Visit) -> list[Visit]:
    """Give what a function calls and awaits."""
    return [child for step, child in visit.children if step.how == "awaited"]


def reads(visit: Visit, *, once: bool) -> bool:
    """Tell whether a function receives, be it once, or in a loop."""
    module = visit.module
    for node in walk(visit.function):
        if isinstance(node, ast.Call) and operation(node, module) in READS:
            if module.function_of(node) is visit.function:
                if once or module.loop_of(node) is not None:
                    return True
    return False


def is_apart(first: ast.AST, other: ast.AST, visit: Visit) -> bool:
    """Tell whether two readers are started for different clients, or never both."""
    module = visit.module
    if sockets_of(first, module) != sockets_of(other, module):
        return True
    if gathered_in(first, other, module) is not None:
        return False
    return is_exclusive(first, other, module) or is_settled(first, other, visit)


def sockets_of(node: ast.AST, module: Module) -> list[str]:
    """Spell the WebSockets, or else the object, that a reader is given."""
    if not isinstance(node, ast.Call):
        return []
    sockets = [ast.unparse(one) for one in given(node) if is_socket(one, module)]
    if not sockets and isinstance(node.func, ast.Attribute):
        return [ast.unparse(node.func.value)]
    return sockets


def gathered_in(first: ast.AST, other: ast.AST, module: Module) -> ast.Call | None:
    """Find the one `gather` that runs both."""
    around = [one for one in module.ancestors(first) if isinstance(one, ast.Call)]
    for one in module.ancestors(other):
        if isinstance(one, ast.Call) and one in around:
            return one
    return None


def is_exclusive(first: ast.AST, other: ast.AST, module: Module) -> bool:
    """Tell whether two nodes stand in different branches."""
    above = {one: below for below, one in way_up(first, module)}
    for below, one in way_up(other, module):
        if one in above:
            if isinstance(one, ast.If):
                return (above[one] in one.body) != (below in one.body)
            branches = (ast.match_case, ast.ExceptHandler)
            return isinstance(below, branches) and above[one] is not below
    return False


def way_up(node: ast.AST, module: Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Walk up from a node, with what one comes from."""
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode):
            return
        yield node, parent
        node = parent


def is_settled(first: ast.AST, other: ast.AST, visit: Visit) -> bool:
    """Tell whether a started reader is awaited, cancelled or handed on before another place."""
    module = visit.module
    if is_over(first, other, module):
        return True
    names = kept_as(first, module)
    start, end = first.lineno, other.lineno  # type: ignore[attr-defined]
    for node in walk(visit.function):
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load):
            if start <= node.lineno < end and settles(node, module):
                return True
    return bool(end < start)


def is_over(first: ast.AST, other: ast.AST, module: Module) -> bool:
    """Tell whether a reader was waited for, where it is started, before another place."""
    around = set(module.ancestors(other))
    for parent in module.ancestors(first):
        if isinstance(parent, ast.Await) and parent not in around:
            return True
        if isinstance(parent, ast.AsyncWith) and parent not in around:
            groups = {ast.unparse(one.optional_vars) for one in parent.items if one.optional_vars}
            return not groups.isdisjoint(
                ast.unparse(one) for one in ast.walk(module.statement_of(first)) if is_name(one)
            )
    return False


def is_name(node: ast.AST) -> bool:
    """Tell whether a node is a variable that is read."""
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def settles(name: ast.Name, module: Module) -> bool:
    """Tell whether a use of a task may end it, and is not meant for the end of the function."""
    parent = module.parents[name]
    if isinstance(parent, ast.Attribute) and parent.attr in LOOKS:
        return False
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
        if parent.func.attr in {"add", "append"}:
            return False
    return not any(isinstance(one, ast.ExceptHandler) for one in module.ancestors(name))


def kept_as(node: ast.AST, module: Module) -> set[str]:
    """Name the variables to which the task of a reader is given."""
    statement = module.statement_of(node)
    if not isinstance(statement, ast.Assign):
        return set()
    return {one.id for one in statement.targets if isinstance(one, ast.Name)}


def own_read(reader: ast.Call, visit: Visit) -> ast.Call | None:
    """Find where a function itself receives in a loop while a reader runs that it has started."""
    module = visit.module
    for node in walk(visit.function):
        if not isinstance(node, ast.Call) or operation(node, module) not in READS:
            continue
        loop = module.loop_of(node)
        if loop is None or module.function_of(node) is not visit.function:
            continue
        if loop in module.ancestors(reader) or surrounding(node, module) != "awaited":
            continue
        read = ast.unparse(receiver(node))
        # A method of the object that keeps the WebSocket reads it, too.
        same = sockets_of(reader, module) in ([read], [read.rpartition(".")[0]], [])
        if same and not is_exclusive(reader, node, module):
            if not is_settled(reader, node, visit):
                return node
    return None


def awaited_read(reader: ast.Call, visit: Visit) -> ast.Call | None:
    """Find where a function awaits a helper that receives in a loop, while a reader runs."""
    for step, child in visit.children:
        node = step.node
        if not isinstance(node, ast.Call) or step.how != "awaited" or node is reader:
            continue
        if reads(child, once=False) and not is_apart(reader, node, visit):
            return node
    return None


def remade(visit: Visit) -> Iterator[ast.Call]:
    """Find the receives of which a loop makes another one, with the last one still waiting."""
    module = visit.module
    for loop in loops(visit.function):
        for name, receive in received_tasks(loop, module) if isinstance(loop, ast.While) else ():
            if is_raced(name, loop, module) and not is_looked_after(name, loop, module):
                if not is_left_out(receive, loop, module):
                    yield receive


def received_tasks(loop: Loop, module: Module) -> Iterator[tuple[str, ast.Call]]:
    """Give what every turn of a loop assigns: `task = create_task(ws.receive_text())`."""
    tried = [one for each in loop.body if isinstance(each, ast.Try) for one in each.body]
    for statement in (*loop.body, *tried):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[made]) as task):
                if last_name(task.func) in TASKS and operation(made, module) in READS:
                    assert isinstance(made, ast.Call)
                    yield name, made


def is_raced(name: str, loop: Loop, module: Module) -> bool:
    """Tell whether a loop waits for a task until something else is done, or for a time."""
    for call in own_nodes(loop):
        if isinstance(call, ast.Call) and module.qualify(call.func) == "asyncio.wait":
            given = {
                one.id for each in call.args for one in walk(each) if isinstance(one, ast.Name)
            }
            ends = [ast.unparse(one.value) for one in call.keywords if one.arg == "return_when"]
            timed = any(one.arg == "timeout" for one in call.keywords)
            if name in given and (timed or any("FIRST_COMPLETED" in one for one in ends)):
                return True
    return False


def is_looked_after(name: str, loop: Loop, module: Module) -> bool:
    """Tell whether a loop may end a task that is not done, or leave because of it."""
    kept = {name}
    for node in own_nodes(loop):
        if isinstance(node, ast.Attribute) and node.attr == "cancel":
            return True
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            kept |= {one.id for one in node.elts[1:] if isinstance(one, ast.Name)}
    for node in own_nodes(loop):
        if isinstance(node, ast.Name) and node.id in kept and isinstance(node.ctx, ast.Load):
            parent = module.parents[node]
            if not isinstance(parent, ast.Attribute | ast.Compare | ast.Set | ast.List | ast.Tuple):
                return True
    return any(not is_when_done(one, name, module) for one in exits(loop.body, loop, module))


def is_left_out(receive: ast.Call, loop: Loop, module: Module) -> bool:
    """Tell whether a loop may go round before it makes another receive: `if not done: continue`."""
    statement = module.statement_of(receive)
    blocks = [loop.body, *(one.body for one in loop.body if isinstance(one, ast.Try))]
    for block in blocks:
        before = block[: block.index(statement)] if statement in block else []
        ends = [one.body[-1] for one in before if isinstance(one, ast.If)]
        if any(isinstance(one, ast.Continue) for one in ends):
            return True
    return False


def is_when_done(node: ast.AST, name: str, module: Module) -> bool:
    """Tell whether a statement only runs when a task is done, or when something fails."""
    below = node
    for parent in module.ancestors(node):
        if isinstance(parent, ast.ExceptHandler):
            return True
        if isinstance(parent, ast.If) and below in parent.body:
            asked = ast.unparse(parent.test)
            if asked == f"{name}.done()" or asked.startswith(f"{name} in "):
                return True
        below = parent
    return False


RULE = Rule(
    "WSK213",
    "concurrent-receive",
    "warning",
    "Receive in one task, and hand on what the others need",
    __doc__ or "",
    find,
)
