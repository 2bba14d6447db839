"""A room stays in its dictionary when everybody has left it.

Clients name the rooms, so the dictionary grows by one entry for each name that was ever used, until
the process ends: slowly in a chat, quickly where a room is a document, a user or a random id.

Wrong:

```python
from collections import defaultdict

from fastapi import FastAPI, WebSocket

app = FastAPI()
rooms: defaultdict[str, set[WebSocket]] = defaultdict(set)


@app.websocket("/rooms/{room}")
async def echo(websocket: WebSocket, room: str) -> None:
    await websocket.accept()
    rooms[room].add(websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        rooms[room].discard(websocket)
```

Right:

```python
from collections import defaultdict

from fastapi import FastAPI, WebSocket

app = FastAPI()
rooms: defaultdict[str, set[WebSocket]] = defaultdict(set)


@app.websocket("/rooms/{room}")
async def echo(websocket: WebSocket, room: str) -> None:
    await websocket.accept()
    rooms[room].add(websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        rooms[room].discard(websocket)
        if not rooms[room]:
            del rooms[room]
```

Not reported: rooms that are there from the start, or whose names are those of an Enum or `Literal`;
a dictionary from which anything deletes rooms, at once or now and then.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.containers import parts
from holdfast.check.code.kinds import Container, Instance, Library, files_around, inference
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.facts.callers import all_changes, calls_of, forgets_by_itself, is_one_connection
from holdfast.check.facts.cleanup import position
from holdfast.check.facts.dependencies import meant
from holdfast.check.facts.registries import Change, Place, may_change, place_of
from holdfast.check.facts.routes import endpoints
from holdfast.check.rules.rule import Problem, Rule

ENUM = re.compile(r"^enum\.\w*(Enum|Flag)$")
EMPTY = {"set", "list", "dict", "deque", "WeakSet", "OrderedDict", "defaultdict"}


def find(module: Module) -> Iterator[Problem]:
    """Find the removal after which the room should be looked at, once for each dictionary."""
    if not may_change(module):
        return
    seen: set[Place] = set()
    adds = {(one.function, one.place) for one in all_changes(module) if one.action == "add"}
    # What clears a place for a connection leaves no empty room: rather name where one leaves.
    order = sorted(
        all_changes(module),
        key=lambda one: ((one.function, one.place) in adds, *position(one.node)),
    )
    for change in order:
        place = change.place
        if change.action != "remove" or change.depth not in {1, 2} or place in seen:
            continue
        if of_loop(change, module) or not is_one(change):
            continue
        if is_filled(place, module) and grows(place, module) and not shrinks(place, module):
            if forgets_by_itself(place, module):
                continue
            seen.add(place)
            name = ast.unparse(change.node).partition("\n")[0]
            yield Problem(change.node, f"`{name}` may leave an empty room, which nothing deletes")
    yield from room_objects(module)


def room_objects(module: Module) -> Iterator[Problem]:
    """Find where an endpoint makes rooms that are objects, and nothing deletes them."""
    seen: set[Place] = set()
    for change in all_changes(module):
        place = change.place
        if change.action != "add" or change.depth or place in seen or not change.key:
            continue
        kind = inference(module).kind(change.value, module)
        if not isinstance(kind, Instance) or not is_open(change.key, module):
            continue
        is_room = has_members(kind, module) and is_served(change.function, module)
        if is_room and not shrinks(place, module) and not forgets_by_itself(place, module):
            seen.add(place)
            name = ast.unparse(change.node).partition("\n")[0]
            yield Problem(change.node, f"`{name}` makes a room, which nothing deletes")


def has_members(kind: Instance, module: Module) -> bool:
    """Tell whether an object has a collection of connections, out of which some are taken."""
    infer = inference(module)
    names = {
        name
        for name in infer.classes.names(kind.of)
        if isinstance(found := infer.attribute(kind, name), Container)
        and is_one_connection(found.item)
    }
    files = dict.fromkeys([module, kind.of.module])
    return any(
        one.action == "remove" and one.place.name in names and one.place.owner is kind.of.node
        for file in files
        for one in all_changes(file)
    )


def is_served(function: FunctionNode, module: Module) -> bool:
    """Tell whether an endpoint is this function, or calls it."""
    named = {one.function for one in endpoints(module)}
    callers = calls_of(function, module)
    return function in named or any(
        one.function in {each.function for each in endpoints(one.module)} for one in callers
    )


def of_loop(change: Change, module: Module) -> bool:
    """Tell whether a removal is of a peer that a loop gave, as a broadcast does."""
    infer = inference(module)
    names = [one for one in walk(change.value or change.node) if isinstance(one, ast.Name)]
    return isinstance(change.value, ast.Name) and any(
        binding.how == "item" for one in names for binding in infer.scopes(module).lookup(one)[1]
    )


def is_one(change: Change) -> bool:
    """Tell whether a removal takes one connection out."""
    if isinstance(change.node, ast.Delete | ast.Assign):
        return True
    if not isinstance(change.node, ast.Call) or not isinstance(change.node.func, ast.Attribute):
        return False
    return change.node.func.attr in {"remove", "discard", "pop"} and change.value is not None


def is_filled(place: Place, module: Module) -> bool:
    """Tell whether connections are put into the rooms of a dictionary."""
    return any(
        one.action == "add" and one.place == place and one.depth for one in all_changes(module)
    )


def shrinks(place: Place, module: Module) -> bool:
    """Tell whether anything deletes rooms."""
    files = dict.fromkeys([module, *files_around(module).near(module)])
    return any(
        one.action == "remove" and one.place == place and one.depth == 0
        for file in files
        for one in all_changes(file)
    )


def grows(place: Place, module: Module) -> bool:
    """Tell whether rooms are made when they are first asked for, under names that are not fixed."""
    for call in module.every(ast.Call):
        function = call.func
        if isinstance(function, ast.Attribute) and function.attr == "setdefault" and call.args:
            if is_open(call.args[0], module) and place_of(function.value, module) == (place, 0):
                return True
        if module.qualify(function).endswith("defaultdict") and is_value_of(call, place, module):
            return not has_fixed_keys(module.statement_of(call), module)
    for node in module.every(ast.Assign):
        for target in node.targets if is_empty(node.value) else ():
            if isinstance(target, ast.Subscript) and is_open(target.slice, module):
                if place_of(target.value, module) == (place, 0):
                    return True
    return False


def is_open(key: ast.expr, module: Module) -> bool:
    """Tell whether a key may be anything, and is none of the few that its type has."""
    if isinstance(key, ast.Constant):
        return False
    if isinstance(key, ast.Attribute) and key.attr == "value":
        key = key.value  # of the member of an Enum
    if not isinstance(key, ast.Name):
        return True
    _, bindings = inference(module).scopes(module).lookup(key)
    noted = (one.source.annotation for one in bindings if isinstance(one.source, ast.arg))
    return not any(is_one_of_few(one, module) for one in noted)


def is_one_of_few(annotation: ast.expr | None, module: Module) -> bool:
    """Tell whether a type has few values: an Enum, or a Literal."""
    meaning, place = meant(annotation, module)
    if isinstance(meaning, ast.Subscript):
        name = place.qualify(meaning.value).rpartition(".")[2]
        if name in {"Annotated", "Optional"}:
            return is_one_of_few(next(iter(parts(meaning.slice))), place)
        return name == "Literal"
    kind = inference(place).annotation(meaning, place) if meaning else None
    line = inference(place).classes.line(kind.of) if isinstance(kind, Instance) else ()
    return any(isinstance(one, Library) and ENUM.search(one.name) for one in line)


def has_fixed_keys(statement: ast.stmt, module: Module) -> bool:
    """Tell whether a dictionary is said to have keys of a type that has few values."""
    noted = statement.annotation if isinstance(statement, ast.AnnAssign) else None
    if not isinstance(noted, ast.Subscript) or not isinstance(noted.slice, ast.Tuple):
        return False
    return is_one_of_few(noted.slice.elts[0], module)


def is_empty(value: ast.expr) -> bool:
    """Tell whether a value is a new room."""
    if isinstance(value, ast.List | ast.Set | ast.Dict):
        return True
    return isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in EMPTY


def is_value_of(call: ast.Call, place: Place, module: Module) -> bool:
    """Tell whether a call makes the dictionary itself."""
    statement = module.statement_of(call)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    for target in targets:
        if isinstance(target, ast.Name | ast.Attribute):
            name = target.id if isinstance(target, ast.Name) else target.attr
            owners = {module.class_of(statement), module.function_of(statement), module.tree}
            if name == place.name and place.owner in owners:
                return True
    return False


RULE = Rule(
    code="WSK310",
    name="empty-room-never-deleted",
    severity="info",
    help="Delete the room when it is empty",
    explanation=__doc__ or "",
    find=find,
)
