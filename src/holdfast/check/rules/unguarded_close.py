"""A WebSocket whose client may have left is closed, and nothing expects that this raises.

On uvicorn `close()` raises then: `WebSocketDisconnect` after a receive that saw the end, and
`WebSocketDisconnected`, a `RuntimeError`, after a send that did; on the default implementation the
first only if the TCP connection is gone as well, so that it comes and goes. The clean-up behind it
never runs. Hypercorn, daphne and granian say nothing.

Wrong:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            print(await websocket.receive_text())
    except WebSocketDisconnect:
        print("gone")
    finally:
        await websocket.close()
```

Right:

```python
from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            print(await websocket.receive_text())
    except WebSocketDisconnect:
        print("gone")
    finally:
        with suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close()
```

Not reported: a close under a test of the state, of a flag, or of what was raised; in a `try`, or
a handler, that has nothing to do with the client's leaving; behind an `except WebSocketDisconnect`
of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from holdfast.check.code.calls import returns_exceptions
from holdfast.check.code.edits import (
    has_long_text,
    import_of,
    indent_of,
    insert_before,
    is_behind,
    is_taken,
    step,
)
from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.code.names import disconnect_name
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.keptcloses import KeptClose, closes_by_key, closes_on_exit, talks_in
from holdfast.check.facts.routes import Endpoint, endpoints
from holdfast.check.facts.ways import (
    Place,
    Way,
    guards,
    inner_place,
    outer_place,
    tries,
    ways_through,
)
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.flow import Event
from holdfast.check.flow.exceptions import COMMON, HANDSHAKES, caught_names
from holdfast.check.rules.rule import Problem, Rule

ERRORS = {"RuntimeError", "WebSocketDisconnect", "WebSocketDisconnected"}
TESTS = re.compile(r"state|disconnect|connected|closed|open|gone|alive|active", re.IGNORECASE)
LAST = "on_disconnect"  # of Starlette's WebSocketEndpoint
TALKS = ("send", "receive", "iterate", "raw_receive")
# A client that leaves raises none of these: they come from what is done for it.
OTHERS = (COMMON | HANDSHAKES) - {"RuntimeError", "CancelledError", "?"}


def find(module: Module) -> Iterator[Problem]:
    """Find closes in handlers and `finally` that a client's leaving may lead to."""
    seen: set[ast.AST] = set()
    for way in ways_through(module):
        for event in way.trace.of("close"):
            if not any(one.gone and one.closed is False for one in event.states):
                continue
            where, owner = place(event, way) or (event.node, None)
            if owner is not module or where in seen or is_guarded(event, way):
                continue
            seen.add(where)
            message = f"If the client has left {who(event, where)} raises, and the rest is not run"
            yield Problem(where, message, fix(where, module))
    for endpoint in endpoints(module):
        kept = [one for one in closes_by_key(endpoint) if cleans_up_by_key(one, endpoint)]
        left = [one for one in closes_on_exit(endpoint) if not is_expected(one, module)]
        for one in (*kept, *left):
            if one.call not in seen:
                seen.add(one.call)
                at = f"`{one.helper.name}` ({one.helper.module.path.name}:{one.inner.lineno})"
                message = f"If the client has left the close in {at} raises"
                yield Problem(one.call, message)


def is_expected(one: KeptClose, around: Module) -> bool:
    """Tell whether an `__aexit__` closes on some ways only, or what that raises is caught."""
    inner, module = one.inner, one.helper.module
    if any(guards(inner, ERRORS, module)) or any(guards(one.call, ERRORS, around)):
        return True
    return is_set_aside(inner, module) or is_tested(inner, module, any_test)


def cleans_up_by_key(one: KeptClose, endpoint: Endpoint) -> bool:
    """Tell whether a close of what a registry has is the clean-up of a conversation, unguarded."""
    places = ((one.call, endpoint.module), (one.inner, one.helper.module))
    if any(any(guards(node, ERRORS, at)) or is_set_aside(node, at) for node, at in places):
        return False
    if is_tested(one.call, endpoint.module, any_test) or is_tested(*places[1], asks_more):
        return False
    return any(
        part in {"handlers", "finalbody"}
        and talks_in(outer.body, endpoint)
        and cleans_up(one.call, [*outer.body], endpoint.module)
        for outer, part in tries(one.call, endpoint.module)
    )


def place(event: Event, way: Way) -> Place | None:
    """Find the close, or the call of a helper that closes, in the clean-up of a conversation."""
    talks = [one for one in way.trace.of(*TALKS) if one is not event]
    inner = [one.inner for one in talks]
    if any(one.concurrent and one.module is event.module for one in talks):
        # While the try waits, tasks beside it talk.
        inner += [one for one in own_nodes(event.function) if isinstance(one, ast.Await)]
    if cleans_up(event.inner, inner, event.module):
        return inner_place(event)
    if event.site and cleans_up(event.site[0], inner, event.site[1]):
        return event.site
    is_around = cleans_up(event.node, [one.node for one in talks], way.module)
    is_around = is_around or way.function.name == LAST  # the whole method is the clean-up
    return outer_place(event, way) if is_around else None


def who(event: Event, where: ast.AST) -> str:
    """Say what raises; of a helper, where it does."""
    if where is event.inner:
        return "this"
    row = getattr(event.inner, "lineno", 0)
    return f"the close in `{event.function.name}` ({event.module.path.name}:{row})"


def cleans_up(node: ast.AST, talks: list[ast.AST], module: Module) -> bool:
    """Tell whether a node is in a handler, or `finally`, of a try in which somebody talks."""
    return any(
        part in {"handlers", "finalbody"}
        and any(module.within(one, outer.body) for one in [*talks, *yields(outer)])
        and not any("?" in caught_names(one, module) for one in outer.handlers)
        and not (part == "handlers" and is_for_others(outer, node, module))
        for outer, part in tries(node, module)
    )


def is_for_others(outer: ast.Try | ast.TryStar, node: ast.AST, module: Module) -> bool:
    """Tell whether the handler that a node is in is for what a client does not raise."""
    around = next(one for one in outer.handlers if module.within(node, one.body))
    return caught_names(around, module) <= OTHERS


def yields(outer: ast.Try | ast.TryStar) -> list[ast.AST]:
    """Find where a context manager lets its block run, in which somebody may talk."""
    return [one for part in outer.body for one in walk(part) if isinstance(one, ast.Yield)]


def is_guarded(event: Event, way: Way) -> bool:
    """Tell whether something around a close, or around its helper's call, expects the error."""
    places = [(event.inner, event.module), (event.node, way.module)]
    places += [event.site] if event.site else []
    return any(
        any(guards(node, ERRORS, at)) or is_tested(node, at) or is_set_aside(node, at)
        for node, at in places
    )


def is_set_aside(node: ast.AST, module: Module) -> bool:
    """Tell whether what a call raises is kept by a task, or is given back by `gather`."""
    for parent in module.ancestors(node):
        if isinstance(parent, ast.Call):
            name = last_name(parent.func)
            if name == "gather" and returns_exceptions(parent):
                return True
            if name in {"create_task", "ensure_future", "wait"}:
                return True
        if isinstance(parent, ast.stmt):
            return False
    return False


def tests_state(node: ast.If) -> bool:
    """Tell whether a condition is about a state."""
    return TESTS.search(ast.unparse(node.test)) is not None


def any_test(node: ast.If) -> bool:
    """Tell that a condition counts, whatever it is about: a flag may have any name."""
    return isinstance(node, ast.If)


def asks_more(node: ast.If) -> bool:
    """Tell whether a condition about a state asks for more than whether a registry has a key."""
    is_kept = isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.In)
    return not is_kept and tests_state(node)


def is_tested(node: ast.AST, module: Module, tests: Callable[[ast.If], bool] = tests_state) -> bool:
    """Tell whether a place is reached only after a test of a state or flag."""
    below = node
    for parent in module.ancestors(node):
        if isinstance(parent, ast.If) and below is not parent.test and tests(parent):
            return True
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and below in block:
                earlier = block[: block.index(below)]
                if any(isinstance(one, ast.If) and tests(one) and leaves(one) for one in earlier):
                    return True
        if isinstance(parent, FunctionNode | ast.Lambda):
            return False
        below = parent
    return False


def leaves(node: ast.If) -> bool:
    """Tell whether nothing goes on after an `if` that holds."""
    return isinstance(node.body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def fix(where: ast.AST, module: Module) -> Fix | None:
    """Suppress what a close may raise."""
    statement = module.statement_of(where)
    is_alone = not is_behind(statement, module)
    function = where.func if isinstance(where, ast.Call) else None
    is_close = isinstance(function, ast.Attribute) and function.attr == "close"
    if not (isinstance(statement, ast.Expr) and is_alone and is_close) or has_long_text(statement):
        return None
    if is_taken("suppress", "contextlib", module):
        return None
    name, imports = disconnect_name(module)
    indent, further = indent_of(statement, module), step(module)
    head = f"with suppress(RuntimeError, {name}):\n{indent}{further}"
    rows = range(statement.lineno + 1, (statement.end_lineno or statement.lineno) + 1)
    edits = [
        insert_before(statement, head, module),
        *(Edit(Span(row, 1, row, 1), further) for row in rows if module.lines[row - 1]),
        *import_of("suppress", "contextlib", module),
        *imports,
    ]
    return Fix("Suppress what it raises", tuple(edits))


RULE = Rule(
    "WSK114",
    "unguarded-close",
    "warning",
    "Wrap it in `suppress(RuntimeError, WebSocketDisconnect)`, or close only who is there",
    __doc__ or "",
    find,
    "safe",
)
