"""A message that is not what was expected ends the connection.

What a client sends is read in the loop with nothing to catch what that raises: JSON that is none, a
key that is missing, a number where a dict was expected, and also a binary frame, for which
`receive_text` and `receive_json` raise `KeyError: 'text'`. The handler ends, and the client sees
the connection break off (1006 on uvicorn).

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def moves(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive_json()
            await websocket.send_json({"moved": message["x"]})
    except WebSocketDisconnect:
        pass
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ValidationError

app = FastAPI()


class Move(BaseModel):
    x: int


@app.websocket("/ws")
async def moves(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            try:
                move = Move.model_validate_json(text)
            except ValidationError as error:
                await websocket.send_json({"error": str(error)})
                continue
            await websocket.send_json({"moved": move.x})
    except WebSocketDisconnect:
        pass
```

Not reported: a message that is not taken apart; a handler around the loop that names such errors,
or answers or closes: that is how the session is meant to end, also where the application has a
handler that closes; the first message, before the loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.module import FunctionNode, Loop, Module, parameters
from holdfast.check.facts.apphandlers import closes_for
from holdfast.check.facts.callers import Caller, calls_of
from holdfast.check.facts.guards import Risk, guard, is_caught
from holdfast.check.facts.payload import Payload, encoding_of
from holdfast.check.facts.receiving import callbacks, outermost, receiving_loops
from holdfast.check.rules.rule import Problem, Rule


def find(module: Module) -> Iterator[Problem]:
    """Find the first unguarded place of each loop that receives."""
    seen: set[Loop] = set()
    for inner, function in receiving_loops(module):
        loop = outermost(inner, module)
        if loop not in seen:
            seen.add(loop)
            yield from first(Payload(function, module, {}), loop, module)
    for method, owner in callbacks(module):
        names = [one.arg for one, _ in parameters(method)]
        given = {names[2]: encoding_of(owner)} if len(names) > 2 else {}
        yield from first(Payload(method, module, given), method, module)


def first(payload: Payload, block: Loop | FunctionNode, module: Module) -> Iterator[Problem]:
    """Find the first place in a loop for which nobody cares."""
    for risk in [*iterated(block, payload), *payload.risks(block)]:
        if is_caught(risk, block, module) or callers_guard(payload.function, module):
            continue
        if not any(closes_for(one, module) for one in sorted(risk.errors)):
            yield Problem(risk.node, f"This ends the connection for {risk.what}")
        return


def iterated(block: Loop | FunctionNode, payload: Payload) -> Iterator[Risk]:
    """Look at what a loop itself iterates, which stands before its body."""
    if isinstance(block, ast.AsyncFor):
        wrapper = ast.Expression(block.iter)
        yield from payload.risks(wrapper)


def callers_guard(function: FunctionNode, module: Module, depth: int = 3) -> bool:
    """Tell whether all who call a function catch what it raises, and on purpose."""
    callers = calls_of(function, module)
    return bool(callers) and all(catches(one, function, depth) for one in callers)


def catches(caller: Caller, function: FunctionNode, depth: int) -> bool:
    """Tell whether a caller, or all who call that, catch what a function raises."""
    if guard(Risk(caller.call, "", frozenset()), function, caller.module) is not None:
        return True
    if not depth or caller.function is None or caller.function is function:
        return False
    return callers_guard(caller.function, caller.module, depth - 1)


RULE = Rule(
    "WSK601",
    "unguarded-payload",
    "warning",
    "Catch it in the loop, answer with an error, and go on",
    __doc__ or "",
    find,
)
