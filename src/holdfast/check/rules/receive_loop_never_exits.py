"""A receive loop swallows the client's end and goes on to receive.

After a disconnect every receive raises at once, without ever giving way to other tasks. Where a
handler such as `except Exception: continue` swallows that, the loop spins: one visitor who closes
a tab stops the whole server, and not even a cancellation gets through. A handler that sends an
answer is saved by Uvicorn, where that send raises; on Hypercorn, Granian and Daphne it spins. A
handler for `WebSocketDisconnect` alone swallows the end once, and the next receive fails with
`RuntimeError: Cannot call "receive" once a disconnect message has been received`.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            text = await websocket.receive_text()
            await websocket.send_text(text)
        except Exception:
            continue
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            text = await websocket.receive_text()
            await websocket.send_text(text)
        except WebSocketDisconnect:
            break
        except Exception:
            continue
```

Not reported: a handler that may leave the loop, or changes what its condition looks at; a loop
that ends when `client_state` has changed; a receive outside of the inner `try`; a handler for
timeouts only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import import_of, insert_after, lines_after, replace, step
from holdfast.check.code.kinds import Function
from holdfast.check.code.module import Module, own_nodes, walk
from holdfast.check.facts.disconnects import receiving
from holdfast.check.facts.handling import (
    DISCONNECT,
    Try,
    caught_by_manager,
    exits,
    first_catcher,
    following,
    goes_on,
    inside,
    is_idle,
    texts,
)
from holdfast.check.facts.loops import goes_round, is_flag, reads_state
from holdfast.check.facts.overlooked import overlooks_end
from holdfast.check.facts.sockets import operation
from holdfast.check.finding import Edit, Fix, Span
from holdfast.check.flow.exceptions import caught_names
from holdfast.check.rules.rule import Problem, Rule

GENERAL = {"Exception", "BaseException"}
ERRORS = GENERAL | {"RuntimeError"}
SPINS = (
    "This takes the client's end and goes on to receive, which then raises at once and for ever:"
    " the whole server stands still"
)
ANSWERS = (
    "This takes the client's end and goes on to receive: where sends to one who left do not raise"
    " (Hypercorn, Granian, Daphne), the whole server stands still"
)
FAILS = "The loop goes on after the client's end, so that the next receive raises RuntimeError"


def find(module: Module) -> Iterator[Problem]:
    """Find handlers, and `suppress`, that let a receive loop go on after the client's end."""
    seen: set[ast.AST] = set()
    for loop in module.every(ast.While):
        for where, mend in swallowers(loop, module) if may_go_round(loop, module) else ():
            if where not in seen:
                seen.add(where)
                mended = fix(where, module) if mend else None
                yield Problem(where, message(where, module), mended)


def swallowers(loop: ast.While, module: Module) -> Iterator[tuple[ast.AST, bool]]:
    """Give what takes the client's end in a loop, and lets it go round.

    And whether a handler for WebSocketDisconnect would help: one that is raised, to begin with.
    """
    if any(map(catches_something, inside(loop.body))):
        for call in receiving(loop, module):
            yield from ((one, True) for one in taken_by(call, DISCONNECT, loop, module))
        for call in ended(loop, module):
            yield from ((one, False) for one in taken_by(call, ERRORS, loop, module))
    elif not any(exits(loop.body, loop, module)):
        yield from ((one, False) for one in quiet_helpers(loop, module))


def ended(loop: ast.While, module: Module) -> Iterator[ast.Call]:
    """Give the calls in a loop that raise RuntimeError when the loop goes round after the end."""
    for node in inside(loop.body):
        if isinstance(node, ast.AsyncFor) and module.loop_of(node) is loop:
            if operation(node.iter, module) == "iterate" and isinstance(node.iter, ast.Call):
                if not leaves_after(node, loop, module):
                    yield node.iter
        elif isinstance(node, ast.Call) and module.loop_of(node) is loop:
            if operation(node, module) == "raw_receive" and overlooks_end(node, loop, module):
                yield node


def quiet_helpers(loop: ast.While, module: Module) -> Iterator[ast.Call]:
    """Give the calls in a loop of helpers that receive, and swallow the end."""
    for node in inside(loop.body):
        if isinstance(node, ast.Call) and isinstance(module.parents[node], ast.Await):
            found = callee(node, module)
            if found is not None and swallows_end(found):
                yield node


def swallows_end(found: Function) -> bool:
    """Tell whether a helper receives once, and catches everything that a receive raises."""
    for node in own_nodes(found.node):
        if isinstance(node, ast.Call) and operation(node, found.module) == "receive":
            first = first_catcher(node, DISCONNECT, found.module)
            if first is None or first[1].isdisjoint(GENERAL) or found.module.loop_of(node):
                return False
            body = first[0].body if isinstance(first[0], ast.ExceptHandler) else []
            return all(is_idle(one) for one in body)
    return False


def catches_something(node: ast.AST) -> bool:
    """Tell whether a statement may catch what is raised in it."""
    return isinstance(node, ast.Try | ast.TryStar | ast.With)


def may_go_round(loop: ast.While, module: Module) -> bool:
    """Tell whether nothing in a loop's condition sees the client's end."""
    test = loop.test
    if any(isinstance(one, ast.Attribute) and one.attr == "client_state" for one in walk(test)):
        return False
    if goes_round(loop, module):
        return reads_state(test, module) is None or "application_state" in ast.unparse(test)
    return is_flag(test) and reads_state(test, module) is None


def taken_by(
    call: ast.Call, raised: set[str], loop: ast.While, module: Module
) -> Iterator[ast.AST]:
    """Find what catches what a call raises, within a loop, and lets the loop go round."""
    found = first_catcher(call, raised, module)
    if found is None or "?" in found[1] or module.loop_of(found[0]) is not loop:
        return
    where = found[0]
    if changes_flag(loop, where, module):
        return
    if isinstance(where, ast.ExceptHandler):
        if goes_on(where, loop, module):
            yield where
    elif not leaves_after(where, loop, module):
        yield where


def changes_flag(loop: ast.While, where: ast.AST, module: Module) -> bool:
    """Tell whether a loop's flag is given another value outside of what is tried and caught."""
    wanted = texts(loop.test)
    tried = module.parents[where] if isinstance(where, ast.ExceptHandler) else where
    last = tried.finalbody if isinstance(tried, Try) else []
    return bool(wanted) and any(
        isinstance(one, ast.Name | ast.Attribute)
        and isinstance(one.ctx, ast.Store)
        and ast.unparse(one) in wanted
        and (tried not in module.ancestors(one) or module.within(one, last))
        for one in inside(loop.body)
    )


def leaves_after(where: ast.AST, loop: ast.While, module: Module) -> bool:
    """Tell whether a loop may be left behind one of its statements."""
    return any(any(exits([one], loop, module)) for one in following(where, loop, module))


def message(where: ast.AST, module: Module) -> str:
    """Say what happens: who catches one class alone is told by another one."""
    names = catches(where, module)
    if names.isdisjoint({"Exception", "BaseException", "RuntimeError"}):
        siblings = handlers(where, module)
        if not any(
            isinstance(one, ast.ExceptHandler) and is_general(one, module) for one in siblings
        ):
            return FAILS
    body = where.body if isinstance(where, ast.ExceptHandler) else []
    sends = any(operation(one, module) == "send" for one in inside(body))
    return ANSWERS if sends else SPINS


def catches(where: ast.AST, module: Module) -> set[str]:
    """Name what a handler or a `suppress` catches."""
    if isinstance(where, ast.ExceptHandler):
        return caught_names(where, module)
    items = where.items if isinstance(where, ast.With | ast.AsyncWith) else []
    return {name for item in items for name in caught_by_manager(item.context_expr, module)}


def handlers(where: ast.AST, module: Module) -> list[ast.ExceptHandler]:
    """Give the handlers of the same try."""
    around = module.parents[where]
    return around.handlers if isinstance(around, Try) else []


def is_general(handler: ast.ExceptHandler, module: Module) -> bool:
    """Tell whether a handler catches RuntimeError."""
    return not catches(handler, module).isdisjoint(ERRORS)


def fix(where: ast.AST, module: Module) -> Fix | None:
    """Leave the loop at the client's end."""
    if not isinstance(where, ast.ExceptHandler) or isinstance(module.parents[where], ast.TryStar):
        return None
    if catches(where, module) <= {"WebSocketDisconnect", "RuntimeError"}:
        edits = [left_at_the_end(where, module)]
    else:
        edits = [*imported(module), clause_before(where, module)]
    return Fix("Leave the loop when the client has left", tuple(edits))


def left_at_the_end(handler: ast.ExceptHandler, module: Module) -> Edit:
    """End a handler with `break`."""
    last = handler.body[-1]
    if isinstance(last, ast.Pass | ast.Continue):
        return replace(last, "break", module)
    if last.lineno == handler.lineno:
        return insert_after(last, "; break", module)
    return lines_after(last, ["break"], module)


def clause_before(handler: ast.ExceptHandler, module: Module) -> Edit:
    """Put a handler for the client's end before another one."""
    row = handler.lineno
    line = module.lines[row - 1]
    indent = line[: len(line) - len(line.lstrip())]
    text = f"{indent}except WebSocketDisconnect:\n{indent}{step(module)}break\n"
    return Edit(Span(row, 1, row, 1), text)


def imported(module: Module) -> list[Edit]:
    """Import the exception, from where the file has its other names."""
    known = {
        f"{one}.WebSocketDisconnect"
        for one in ("fastapi", "fastapi.websockets", "starlette.websockets")
    }
    if module.imports.get("WebSocketDisconnect") in known:
        return []
    has_fastapi = any(one.module == "fastapi" for one in module.every(ast.ImportFrom))
    return import_of(
        "WebSocketDisconnect", "fastapi" if has_fastapi else "starlette.websockets", module
    )


RULE = Rule(
    "WSK206",
    "receive-loop-never-exits",
    "error",
    "Put `except WebSocketDisconnect: break` before the general handler",
    __doc__ or "",
    find,
    "safe",
)
