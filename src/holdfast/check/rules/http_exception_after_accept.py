"""An HTTPException is raised after the WebSocket was accepted.

There is no HTTP answer left to give: Starlette tries all the same and raises `RuntimeError:
Expected ASGI message 'websocket.send' or 'websocket.close', but got
'websocket.http.response.start'`. The client's connection breaks off (1006), and status and detail
are lost. Before `accept()` the client does get the status.

Wrong:

```python
from fastapi import FastAPI, HTTPException, WebSocket

app = FastAPI()
rooms = {"lobby"}


@app.websocket("/ws/{room}")
async def endpoint(websocket: WebSocket, room: str):
    await websocket.accept()
    if room not in rooms:
        raise HTTPException(status_code=404, detail="no such room")
    async for text in websocket.iter_text():
        print(text)
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketException

app = FastAPI()
rooms = {"lobby"}


@app.websocket("/ws/{room}")
async def endpoint(websocket: WebSocket, room: str):
    await websocket.accept()
    if room not in rooms:
        raise WebSocketException(code=4404, reason="no such room")
    async for text in websocket.iter_text():
        print(text)
```

Not reported: one that is raised before `accept()`, in a dependency for instance, or that is
caught; an application whose own handler of `HTTPException` closes WebSockets.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import import_of, replace
from holdfast.check.code.kinds import Class, Function, Library, Made, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.facts.apphandlers import closes_for
from holdfast.check.facts.routes import DECORATORS, Endpoint, endpoints
from holdfast.check.facts.sockets import given, is_socket
from holdfast.check.facts.ways import (
    Place,
    Way,
    dependency_ways,
    guards,
    inner_place,
    outer_place,
    ways_through,
)
from holdfast.check.finding import Fix
from holdfast.check.flow import Event, State
from holdfast.check.flow.frame import Frame
from holdfast.check.flow.state import Split
from holdfast.check.flow.trace import accepted_before
from holdfast.check.flow.walk import TooLarge, Walker
from holdfast.check.rules.rule import Problem, Rule

DEPTH = 3
NAME = "HTTPException"
MESSAGE = "After accept there is no HTTP answer: this becomes a RuntimeError, the client sees 1006"


def find(module: Module) -> Iterator[Problem]:
    """Find what is raised after accept, in an endpoint or in what it calls."""
    seen: set[ast.AST] = set()
    for way in (*ways_through(module), *dependency_ways(module, accepting=True)):
        events = [] if may_catch(way.function, way.module) else way.trace.of("raise")
        for event in events:
            where, owner = place(event, way)
            if owner is module and where not in seen and is_late(event, way):
                if closes_for(NAME, way.module):
                    continue
                seen.add(where)
                yield Problem(where, MESSAGE, fix(where, module))
    ends = [one for one in endpoints(module) if not may_catch(one.function, module)]
    for call in dict.fromkeys(one for end in ends for one in late_calls(end)):
        if call not in seen and not closes_for(NAME, module):
            yield Problem(call, f"`{ast.unparse(call.func)}()` raises HTTPException. {MESSAGE}")


def may_catch(endpoint: FunctionNode, module: Module) -> bool:
    """Tell whether a decorator of an endpoint may catch what it raises."""
    for one in endpoint.decorator_list:
        made = one.func if isinstance(one, ast.Call) else one
        if isinstance(made, ast.Attribute) and made.attr in DECORATORS:
            continue
        kind = inference(module).kind(made, module)
        if not isinstance(kind, Function):
            return True
        if any(isinstance(inner, ast.ExceptHandler | ast.With) for inner in walk(kind.node)):
            return True
    return False


def is_late(event: Event, way: Way) -> bool:
    """Tell whether a raise is reached after accept, and nobody catches it."""
    raised = event.inner.exc if isinstance(event.inner, ast.Raise) else None
    return (
        not event.concurrent
        and any(one.accepted and one.closed is False for one in event.states)
        and is_http_exception(raised, event.module)
        and not any(guards(event.inner, {NAME}, event.module))
        and not any(guards(event.node, {NAME}, way.module))
    )


def place(event: Event, way: Way) -> Place:
    """Blame a helper's line if the helper accepts, and its call otherwise."""
    accepts_too = any(one.node is event.node for one in way.trace.of("accept"))
    return inner_place(event) if accepts_too else outer_place(event, way)


def is_http_exception(raised: ast.expr | None, module: Module) -> bool:
    """Tell whether an expression is FastAPI's or Starlette's HTTPException, or derived from it."""
    made = raised.func if isinstance(raised, ast.Call) else raised
    kind = inference(module).kind(made, module) if made else None
    line = inference(kind.module).classes.line(kind) if isinstance(kind, Class) else (kind,)
    return any(
        isinstance(one, Library | Made)
        and one.name.partition(".")[0] in {"fastapi", "starlette"}
        and one.name.endswith(f".{NAME}")
        for one in line
    )


# -- helpers that have no connection ---------------------------------------------------------------


def late_calls(endpoint: Endpoint) -> Iterator[ast.Call]:
    """Find calls of functions that raise one, which the flow of the connection does not enter."""
    module = endpoint.module
    calls = [
        node
        for node in own_nodes(endpoint.function)
        if isinstance(node, ast.Call) and may_raise(node, module)
    ]
    after = accepted_at(calls, endpoint) if calls else set()
    yield from (one for one in calls if one in after and not any(guards(one, {NAME}, module)))


def may_raise(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is of a function of the project that raises one, and has no socket."""
    called = callee(call, module)
    if called is None or any(is_socket(one, module) for one in given(call)):
        return False
    if called.is_async and not isinstance(module.parents[call], ast.Await):
        return False  # it runs in a task, or later
    return raises(called, frozenset())


def raises(function: Function, above: frozenset[FunctionNode]) -> bool:
    """Tell whether a function raises one that it does not catch, or calls what does."""
    kept: dict[ast.AST, bool] = function.module.notes.setdefault("raises-http", {})
    if function.node in kept:
        return kept[function.node]
    if function.node in above or len(above) > DEPTH:
        return False
    found = any(
        raises_here(node, function.module, above | {function.node})
        and not any(guards(node, {NAME}, function.module))
        for node in own_nodes(function.node)
        if isinstance(node, ast.Raise | ast.Call)
    )
    kept[function.node] = found
    return found


def raises_here(node: ast.Raise | ast.Call, module: Module, above: frozenset[FunctionNode]) -> bool:
    """Tell whether a statement or call raises one."""
    if isinstance(node, ast.Raise):
        return is_http_exception(node.exc, module)
    called = callee(node, module)
    # One that is raised further away than in a file that names it is not looked for.
    return called is not None and NAME in called.module.text and raises(called, above)


class Calling(Walker):
    """Walks an endpoint once more, and notes which calls it makes with an accepted connection."""

    def __init__(self, calls: list[ast.Call]) -> None:
        super().__init__()
        self._asked = set(calls)
        self.after: set[ast.AST] = set()

    def evaluate(
        self, node: ast.expr, frame: Frame, states: frozenset[State]
    ) -> tuple[Split, dict[str, frozenset[State]]]:
        """Follow an expression; note it if it is a call that was asked about."""
        call = node.value if isinstance(node, ast.Await) else node
        if call in self._asked and any(one.accepted and one.closed is False for one in states):
            self.after.add(call)
        return super().evaluate(node, frame, states)


def accepted_at(calls: list[ast.Call], endpoint: Endpoint) -> set[ast.AST]:
    """Give those of the calls that are reached with an accepted connection."""
    walker = Calling(calls)
    frame = Frame.of(endpoint.function, endpoint.module, endpoint.socket)
    try:
        start = State(accepted=accepted_before(endpoint))
        walker.function(frame, frozenset({start}))
    except (TooLarge, RecursionError):
        return set()
    return walker.after


# -- fix -------------------------------------------------------------------------------------------


def fix(where: ast.AST, module: Module) -> Fix | None:
    """Raise the exception for WebSockets instead; which code is right wants to be chosen."""
    raised = where.exc if isinstance(where, ast.Raise) else None
    if not isinstance(raised, ast.Call) or module.qualify(raised.func).rpartition(".")[2] != NAME:
        return None
    given = dict(zip(("status_code", "detail"), raised.args, strict=False))
    given |= {one.arg: one.value for one in raised.keywords if one.arg}
    status = given.get("status_code")
    is_ours = (
        isinstance(status, ast.Constant) and isinstance(status.value, int) and status.value >= 500
    )
    detail = given.get("detail")
    reason = f", reason={ast.unparse(detail)}" if isinstance(detail, ast.Constant) else ""
    is_fastapi = module.qualify(raised.func).startswith("fastapi")
    source = "fastapi" if is_fastapi else "starlette.exceptions"
    text = f"WebSocketException(code={1011 if is_ours else 1008}{reason})"
    edits = (replace(raised, text, module), *import_of("WebSocketException", source, module))
    return Fix("Raise a WebSocketException", edits, safe=False)


RULE = Rule(
    "WSK117",
    "http-exception-after-accept",
    "error",
    "Raise `WebSocketException(code=..., reason=...)`, or check before accept",
    __doc__ or "",
    find,
    "unsafe",
)
