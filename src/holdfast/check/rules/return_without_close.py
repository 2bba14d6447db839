"""An endpoint returns, and leaves a WebSocket that it accepted without a close.

What the client sees depends on the server. Uvicorn drops the TCP connection without a close frame,
so the client is told 1006, as if the network had failed, and mostly connects again; hypercorn sends
1011, granian 1005, and daphne leaves the connection open for ever.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("that was all")
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("that was all")
    await websocket.close()
```

Not reported: an end that the client's leaving has led to, such as one from `except
WebSocketDisconnect`, from a handler of all errors, or after `async for ... in ws.iter_text()`; a
helper that closes, or one of which the text is not known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import lines_after, lines_before
from holdfast.check.code.kinds import Class, inference
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, walk
from holdfast.check.facts.endings import TALKS, are_of_the_end, is_of_the_end, is_plain, may_hide
from holdfast.check.facts.messages import asks_of_message
from holdfast.check.facts.routes import Endpoint, endpoints
from holdfast.check.facts.sockets import SPAWNS, given, is_socket, operation, uses
from holdfast.check.facts.visits import is_foreign
from holdfast.check.facts.ways import suppressed, ways
from holdfast.check.finding import Fix
from holdfast.check.flow.changes import leaving
from holdfast.check.flow.contexts import generator_of
from holdfast.check.flow.frame import Frame
from holdfast.check.flow.state import NONE, Outcome, State, States
from holdfast.check.flow.trace import accepted_before, may_be_closed
from holdfast.check.flow.walk import TooLarge, Walker
from holdfast.check.rules.rule import Problem, Rule

MESSAGE = (
    "The endpoint returns here without a close: on uvicorn the client sees an abnormal end, 1006"
)


def find(module: Module) -> Iterator[Problem]:
    """Find the ends of endpoints that are reached with an open socket."""
    ended = {
        way.function
        for way in ways(module)
        if any(is_open(one) for event in way.trace.of("return", "end") for one in event.states)
    }
    for endpoint in endpoints(module):
        # Another decorator may close, or hand the socket to something beside.
        if endpoint.route.decorated or is_kept(endpoint.function, endpoint.module):
            continue
        if isinstance(endpoint.function, ast.FunctionDef):
            continue  # it serves nobody
        if any(one.peer and one.operation == "close" for one in uses(endpoint.function, module)):
            continue  # who closes all of them closes this one
        if endpoint.function in ended:
            for statement, certain in Exits(endpoint).open_ends():
                yield Problem(statement, MESSAGE, fix(statement, endpoint, certain=certain))


def is_open(state: State) -> bool:
    """Tell whether somebody is still connected, for sure."""
    return state.accepted is True and state.closed is False and not state.gone


def is_kept(function: FunctionNode, module: Module) -> bool:
    """Tell whether an object is made of the socket, whose methods may read or close it."""
    infer = inference(module)
    return any(
        isinstance(node, ast.Call)
        and any(is_socket(one, module) for one in given(node))
        and isinstance(made := infer.kind(node.func, module), Class)
        and not is_passing(node, made, module)
        for node in own_nodes(function)
    )


def is_passing(call: ast.Call, made: Class, module: Module) -> bool:
    """Tell whether an object lives no longer than a function, and begins nothing beside it.

    Then what its methods do is all that is done.
    """
    if is_foreign(made) or any(True for one in walk(made.node) if begins(one)):
        return False
    parent = module.parents[call]
    if isinstance(parent, ast.Attribute):
        return True
    if not (isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name)):
        return False
    function, name = module.function_of(call), parent.targets[0].id
    names = (one for one in walk(function) if isinstance(one, ast.Name)) if function else ()
    loads = [one for one in names if one.id == name and isinstance(one.ctx, ast.Load)]
    return all(isinstance(module.parents[one], ast.Attribute) for one in loads)


def begins(node: ast.AST) -> bool:
    """Tell whether something is run in a task."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return (called.attr if isinstance(called, ast.Attribute) else "") in SPAWNS


class Exits(Walker):
    """Walks an endpoint once more, and notes the states after each of its own statements.

    A handler that is meant for the client's leaving is entered as if that had come to pass, and so
    is an exit that a helper decides on, which was given the message.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.after: dict[ast.stmt, States] = {}
        self._endpoint = endpoint
        self._frame = Frame.of(endpoint.function, endpoint.module, endpoint.socket)

    def open_ends(self) -> Iterator[tuple[ast.stmt, bool]]:
        """Give the statements that end the endpoint; whether the socket is open there for sure."""
        function = self._endpoint.function
        try:
            closed = None if may_be_closed(self._endpoint) else False
            start = State(accepted=accepted_before(self._endpoint), closed=closed)
            ended = self.function(self._frame, frozenset({start}))
        except (TooLarge, RecursionError):
            return
        for node in own_nodes(function):
            if isinstance(node, ast.Return) and self._is_open(node):
                yield node, False
        if any(map(is_open, ended.after)):
            certain = all(map(is_open, ended.after))
            for statement in dict.fromkeys(self._last(function.body)):
                yield statement, certain and statement is function.body[-1]

    def helper(self, frame: Frame, states: States) -> Outcome:
        """Follow a helper; after one that talks, or may have closed, nothing is sure any more."""
        outcome = super().helper(frame, states)
        found = uses(frame.function, frame.module)
        done = {one.operation for one in found}
        says_nothing = len([one for one in outcome.returns.values() if one]) < 2
        handlers = (one for one in own_nodes(frame.function) if isinstance(one, ast.ExceptHandler))
        handles = any("close" in done or may_hide(one, frame.module) for one in handlers)
        is_other = bool(done & TALKS) if handles else not all(map(is_plain, found))
        is_other = is_other or is_kept(frame.function, frame.module)
        if is_other or ("close" in done and says_nothing):
            returns = {truth: leaving(found) for truth, found in outcome.returns.items()}
            return replace(outcome, returns=returns)
        return outcome

    def block(self, statements: list[ast.stmt], frame: Frame, states: States) -> Outcome:
        """Follow statements, of a handler with the states that it is meant for."""
        handler = frame.module.parents.get(statements[0]) if statements else None
        if isinstance(handler, ast.ExceptHandler) and is_of_the_end(handler, frame.module):
            states = leaving(states)
        if isinstance(handler, ast.If) and isinstance(statements[-1], ast.Return | ast.Break):
            # Whoever was given the message may have said that it is the end.
            states = leaving(states) if asks_of_message(handler.test, frame.module) else states
        return super().block(statements, frame, states)

    def statement(self, node: ast.stmt, frame: Frame, states: States) -> Outcome:
        """Follow one statement, and note what comes of it."""
        outcome = super().statement(node, frame, states)
        if ends_some_time(node, frame.module) or waits_for_the_end(node, frame.module):
            outcome.after = leaving(outcome.after)
        if isinstance(node, ast.While) and asks_of_message(node.test, frame.module):
            outcome.after = leaving(outcome.after)
        if isinstance(node, ast.With) and are_of_the_end({*suppressed(node, frame.module)}):
            # What is suppressed is meant for the client's leaving; what ends by itself is not.
            ended = self.block(node.body, frame, states).after
            outcome.after = ended | leaving(outcome.after - ended)
        if frame.outer is None:
            left = outcome.after
            if isinstance(node, ast.Break | ast.Return):
                left = frozenset().union(outcome.breaks, *outcome.returns.values())
            self.after[node] = self.after.get(node, NONE) | left
        return outcome

    def _is_open(self, node: ast.stmt) -> bool:
        states = self.after.get(node, NONE)
        if isinstance(node, ast.Return | ast.Break) and any(map(is_open, states)):
            states = self._through_finally(node, states)
        return any(map(is_open, states))

    def _through_finally(self, node: ast.stmt, states: States) -> States:
        """Follow the `finally` blocks that stand between a statement and where it leads."""
        module = self._endpoint.module
        inner: ast.AST = node
        for parent in module.ancestors(node):
            if isinstance(parent, Loop if isinstance(node, ast.Break) else FunctionNode):
                break
            if isinstance(parent, ast.Try | ast.TryStar) and inner not in parent.finalbody:
                states = super().block(parent.finalbody, self._frame, states).after
            if isinstance(parent, ast.With | ast.AsyncWith):
                if any(may_close(one.context_expr, self._frame) for one in parent.items):
                    return NONE
            inner = parent
        return states

    def _last(self, block: list[ast.stmt]) -> Iterator[ast.stmt]:
        """Find where a block that is left with an open socket is left."""
        node = block[-1]
        if isinstance(node, Loop):
            breaks: list[ast.stmt] = [one for one in breaks_of(node) if self._is_open(one)]
            yield from breaks or [node]
            return
        inner = [
            part for part in blocks_of(node) if self._is_open(part[-1]) or self._broke(part[-1])
        ]
        if not inner:
            yield node
        for part in inner:
            yield from self._last(part)

    def _broke(self, node: ast.stmt) -> bool:
        return isinstance(node, Loop) and any(self._is_open(one) for one in breaks_of(node))


def may_close(manager: ast.expr, frame: Frame) -> bool:
    """Tell whether what stands around a block may close when it is left."""
    if frame.has_made(manager):
        return True
    found = generator_of(manager, frame) if is_call(manager) else None
    done = uses(found.node, found.module) if found else ()
    return any(one.operation in {"close", "escape"} for one in done)


def ends_some_time(node: ast.stmt, module: Module) -> bool:
    """Tell whether a loop is left by nothing but its own end, and that by somebody else's word."""
    if not isinstance(node, Loop) or any(True for _ in breaks_of(node)):
        return False
    if isinstance(node, ast.For):
        return re.match(r"(itertools\.)?(count|cycle)\(", ast.unparse(node.iter)) is not None
    if isinstance(node, ast.While):
        asked = [one for one in walk(node.test) if isinstance(one, ast.Call | ast.Attribute)]
        reads = any(operation(one, module) for one in asked)
        return bool(asked) and not reads
    if not isinstance(node, ast.AsyncFor) or is_finite(node.iter, module):
        return False
    return operation(node.iter, module) == "iterate" or not sends_after(node, module)


def sends_after(node: ast.stmt, module: Module) -> bool:
    """Tell whether something is sent right behind a loop, which fails if the client has left."""
    block = module.block_of(node)
    values = [one.value for one in block[block.index(node) + 1 :] if isinstance(one, ast.Expr)]
    awaited = [one.value for one in values if isinstance(one, ast.Await)]
    return any(operation(one, module) == "send" for one in awaited)


def waits_for_the_end(node: ast.stmt, module: Module) -> bool:
    """Tell whether a message is received and thrown away: the raw one tells of the end, too.

    Who waits for what nobody else has, `asyncio.Event().wait()`, waits for a cancellation.
    """
    value = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(value, ast.Await):
        return False
    is_endless = re.search(r"\bEvent\(\)\.wait\(\)|\bFuture\(\)$|\binf\b", ast.unparse(value))
    return operation(value.value, module) == "raw_receive" or is_endless is not None


def is_finite(iterated: ast.expr, module: Module) -> bool:
    """Tell whether something is iterated that is known to end: a generator with no endless loop."""
    called = callee(iterated, module) if is_call(iterated) else None
    if called is None or not any(isinstance(one, ast.Yield) for one in own_nodes(called.node)):
        return False
    loops = [one for one in own_nodes(called.node) if isinstance(one, ast.While | ast.AsyncFor)]
    return not loops


def is_call(node: ast.expr) -> TypeGuard[ast.Call]:
    """Tell whether an expression is a call."""
    return isinstance(node, ast.Call)


def blocks_of(node: ast.stmt) -> list[list[ast.stmt]]:
    """Give the blocks of a statement at whose end it may be left."""
    match node:
        case ast.If():
            return [one for one in (node.body, node.orelse) if one]
        case ast.With() | ast.AsyncWith():
            return [node.body]
        case ast.Try() | ast.TryStar():
            return [node.orelse or node.body, *(one.body for one in node.handlers)]
        case ast.Match():
            return [one.body for one in node.cases]
    return []


def breaks_of(loop: ast.stmt) -> Iterator[ast.Break]:
    """Give the breaks that leave a loop."""
    waiting = [*loop.body] if isinstance(loop, Loop) else []
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Break):
            yield node
        elif not isinstance(node, Loop):
            waiting += [one for part in inner_blocks(node) for one in part]


def inner_blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """Give all blocks of a statement."""
    finals = [node.finalbody, node.body] if isinstance(node, ast.Try | ast.TryStar) else []
    return [*blocks_of(node), *finals]


def fix(statement: ast.stmt, endpoint: Endpoint, *, certain: bool) -> Fix:
    """Close before leaving; at the end of the endpoint that changes nothing else."""
    module, line = endpoint.module, f"await {endpoint.socket}.close()"
    leaves = isinstance(statement, ast.Return | ast.Break)
    edit = (lines_before if leaves else lines_after)(statement, [line], module)
    return Fix("Close the WebSocket", (edit,), safe=certain)


RULE = Rule(
    "WSK112",
    "return-without-close",
    "warning",
    "Call `await websocket.close()` before the endpoint returns",
    __doc__ or "",
    find,
    "safe",
)
