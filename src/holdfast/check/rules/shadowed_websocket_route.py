"""A route is registered behind one that takes all of its connections.

Routes are tried in the order in which they are registered, and the first that matches serves. With
`/ws/{session}` before `/ws/admin`, a client of `/ws/admin` is served as the session "admin".

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws/{session}")
async def session(websocket: WebSocket, session: str):
    await websocket.accept()
    await websocket.send_text(f"This is session {session}")
    await websocket.close()


@app.websocket("/ws/admin")
async def admin(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("This is for administrators")
    await websocket.close()
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws/admin")
async def admin(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("This is for administrators")
    await websocket.close()


@app.websocket("/ws/{session}")
async def session(websocket: WebSocket, session: str):
    await websocket.accept()
    await websocket.send_text(f"This is session {session}")
    await websocket.close()
```

Routers that are included one after the other are compared under their whole paths.

Not reported: routers whose prefix is not known; paths that are not written out; convertors that
leave the other path out (`{number:int}`); routes in branches that exclude each other.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from heapq import merge
from operator import itemgetter
from typing import NamedTuple

from holdfast.check.code.kinds import Class, inference
from holdfast.check.code.module import Module
from holdfast.check.facts.included import Taken, including, taken_over
from holdfast.check.facts.routes import CLASSES, Route, path_of, routes
from holdfast.check.facts.templates import covers
from holdfast.check.rules.rule import Problem, Rule

Owner = tuple[ast.AST, str]


class Entry(NamedTuple):
    """What a call registers under a path, by its name, and the object that it is added to."""

    path: str
    name: str
    call: ast.Call
    owner: ast.expr | None


def find(module: Module) -> Iterator[Problem]:
    """Find routes whose every path an earlier one of the same object matches."""
    groups: dict[Owner, list[Entry]] = {}
    for entry in entries(module):
        owner = owner_of(entry, module)
        if owner and entry.path.startswith("/"):
            groups.setdefault(owner, []).append(entry)
    for group in groups.values():
        group.sort(key=lambda route: (route.call.lineno, route.call.col_offset))
        yield from (
            Problem(later.call, message(earlier, later))
            for earlier, later in shadowed(group, module)
        )
    yield from between_routers(module)


def entries(module: Module) -> Iterator[Entry]:
    """Give what a file registers: functions, and the endpoint classes of Starlette."""
    for route in routes(module):
        yield Entry(route.path, route.function.name, route.call, route.owner)
    for call in module.every(ast.Call) if "WebSocketRoute" in module.text else ():
        if module.qualify(call.func).rpartition(".")[2] in CLASSES:
            named = [one.value for one in call.keywords if one.arg == "endpoint"]
            for value in (*call.args[1:2], *named):
                if isinstance(kind := inference(module).kind(value, module), Class):
                    yield Entry(path_of(call), kind.name, call, None)


def shadowed(group: list[Entry], module: Module) -> Iterator[tuple[Entry, Entry]]:
    """Give routes of an object that never come to be asked, each after the one that is."""
    # A path without parameters takes its own connections only: of thousands few are compared.
    wide: list[tuple[int, Entry]] = []
    equal: dict[str, list[tuple[int, Entry]]] = defaultdict(list)
    for index, later in enumerate(group):
        path = later.path
        for _, earlier in merge(wide, equal[path], key=itemgetter(0)):
            if covers(earlier.path, path) and comes_before(earlier, later, module):
                yield earlier, later
                break
        (wide if "{" in path else equal[path]).append((index, later))


def between_routers(module: Module) -> Iterator[Problem]:
    """Find routes of this file that those of a router which is included earlier take."""
    if not routes(module):
        return
    for other in including(module):
        for group in taken_over(other):
            for index, later in enumerate(group):
                if later.module is not module:
                    continue
                before = (one for one in group[:index] if one.path.startswith("/"))
                for one in before:
                    apart = owner_of(one.route, one.module) != owner_of(later.route, module)
                    if apart and covers(one.path, later.path):
                        yield Problem(later.route.call, across(one, later))
                        break


def across(earlier: Taken, later: Taken) -> str:
    """Say which of two routers is served."""
    return (
        f"`{later.path}` never reaches `{later.route.function.name}`:"
        f" `{earlier.route.function.name}` ({earlier.module.path.name}:{earlier.route.call.lineno})"
        ", whose router is included before, takes it"
    )


def message(earlier: Entry, later: Entry) -> str:
    """Say which of the two is served."""
    other = f"`{earlier.name}`, registered before it on line {earlier.call.lineno}"
    return f"`{later.path}` never reaches `{later.name}`: {other}, takes it"


def owner_of(route: Entry | Route, module: Module) -> Owner | None:
    """Say what a route is added to: an object, under its name in its scope, or a list of routes."""
    if route.owner is None:
        parent = module.parents[route.call]
        return (parent, "") if isinstance(parent, ast.List) else None
    root = route.owner
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return None
    scope, _ = inference(module).scopes(module).lookup(root)
    return scope, ast.unparse(route.owner).removesuffix(".router")


def comes_before(earlier: Entry, later: Entry, module: Module) -> bool:
    """Tell whether one route is there whenever the other one is registered."""
    if isinstance(module.parents[earlier.call], ast.List):
        return True
    block = module.block_of(statement_of(earlier, module))
    return module.within(statement_of(later, module), block)


def statement_of(route: Entry, module: Module) -> ast.stmt:
    """Find the statement that registers a route."""
    return module.statement_of(route.call)


RULE = Rule(
    "WSK107",
    "shadowed-websocket-route",
    "error",
    "Register the route with the narrower path first",
    __doc__ or "",
    find,
)
