"""A connection that ends removes whatever is registered under its key.

A user opens a second tab, or reconnects before the server has noticed that the first connection is
gone. The second takes the place of the first. When the first ends, its clean-up removes the key:
the second stays connected, is in no registry, and is never told anything again.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
sockets: dict[str, WebSocket] = {}


@app.websocket("/ws/{user_id}")
async def echo(websocket: WebSocket, user_id: str) -> None:
    await websocket.accept()
    sockets[user_id] = websocket
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        sockets.pop(user_id, None)
```

Right:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()
sockets: dict[str, WebSocket] = {}


@app.websocket("/ws/{user_id}")
async def echo(websocket: WebSocket, user_id: str) -> None:
    await websocket.accept()
    sockets[user_id] = websocket
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        if sockets.get(user_id) is websocket:
            del sockets[user_id]
```

A class whose methods nobody calls yet is judged by itself: one that registers a WebSocket under a
key, and the only other one that takes the key out.

Not reported: a key that is made for each connection, such as a UUID or `id(websocket)`; a removal
that compares what is registered with the connection; a set or list of connections for each key; a
second connection that is refused while the first is there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.edits import indent_of, replace, step
from holdfast.check.code.kinds import files_around, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters, walk
from holdfast.check.facts.callers import all_changes, calls_of, is_one_connection
from holdfast.check.facts.keys import SHARED, origin
from holdfast.check.facts.registries import Change, Place, place_of
from holdfast.check.facts.removals import compares, counts, is_taken
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import is_socket, operation
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

LEAVES = ast.Return | ast.Raise | ast.Continue
READS = {"receive", "raw_receive", "iterate"}


def find(module: Module) -> Iterator[Problem]:
    """Find removals by a key that two connections may share."""
    if not may_evict(module):
        return
    seen: set[FunctionNode] = set()
    for change in all_changes(module):
        key = key_of(change)
        if change.function in seen:
            continue
        if change.action != "remove" or key is None or not is_plain(change, module):
            continue
        added = list(registrations(change, module))
        if not added or any(is_refused(one, change.place) for one in added):
            continue
        if not all(origin(one.key, one.module) == SHARED for one in added if one.key):
            continue
        if serves(change.function, module) or takes_back(change, key, added, module):
            seen.add(change.function)
            name = ast.unparse(change.node).partition("\n")[0]
            message = f"`{name}` also removes a newer connection with the same key"
            yield Problem(change.node, message, fix(change, key, module))


def may_evict(module: Module) -> bool:
    """Tell whether a file removes anything by a key, before it is asked what that is."""
    if module.every(ast.DictComp) or any(
        isinstance(one.targets[0], ast.Subscript) for one in module.every(ast.Delete)
    ):
        return True
    if any(empties(one) for one in module.every(ast.Assign)):
        return True
    pops = (one for one in module.every(ast.Attribute) if one.attr == "pop")
    return any(
        isinstance(module.parents[module.parents[one]], ast.Expr | ast.Assign) for one in pops
    )


def empties(node: ast.Assign) -> bool:
    """Tell whether an assignment is `sockets[key] = None`."""
    is_none = isinstance(node.value, ast.Constant) and node.value.value is None
    return is_none and isinstance(node.targets[0], ast.Subscript)


def key_of(change: Change) -> ast.expr | None:
    """Give the key of `del sockets[key]` and `sockets.pop(key)`."""
    if isinstance(change.node, ast.Delete):
        return change.key if len(change.node.targets) == 1 else None
    if isinstance(change.node, ast.Call) and isinstance(change.node.func, ast.Attribute):
        return change.value if change.node.func.attr == "pop" else None
    if isinstance(change.node, ast.Assign) and isinstance(change.node.value, ast.DictComp):
        return left_out(change.node.value)
    return change.key  # `sockets[key] = None`


def left_out(made: ast.DictComp) -> ast.expr | None:
    """Give the key that `{k: v for k, v in sockets.items() if k != key}` leaves out."""
    for test in made.generators[0].ifs:
        match test:
            case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[key]):
                if ast.dump(left) == ast.dump(made.key):
                    return key
    return None


def registrations(change: Change, module: Module) -> Iterator[Change]:
    """Give the assignments that put a connection under a key into the same registry."""
    owner = change.place.owner
    files = [module, *(one for one in files_around(module).near(module) if one.tree is owner)]
    for file in dict.fromkeys(files):
        for one in all_changes(file):
            if one.action != "add" or (one.place, one.depth) != (change.place, change.depth):
                continue
            if one.key and is_single(one, file):
                yield one


def is_single(change: Change, module: Module) -> bool:
    """Tell whether one connection is stored, and no collection of them, such as a room."""
    if isinstance(change.value, ast.Dict):
        return any(is_socket(one, module) for one in change.value.values)
    kind = inference(module).kind(change.value, module)
    return kind is None or is_one_connection(kind)


def is_plain(change: Change, module: Module) -> bool:
    """Tell whether a removal asks for nothing but the key, and takes no peer's key of a loop."""
    key, node = key_of(change), change.node
    infer = inference(module)
    for name in walk(key) if key else ():
        if isinstance(name, ast.Name):
            if any(one.how == "item" for one in infer.scopes(module).lookup(name)[1]):
                return False
    if isinstance(node, ast.Call) and is_taken(node, change.function, module):
        return False  # what was popped is used, most likely closed
    if any(isinstance(one, ast.If) and counts(one.test) for one in module.ancestors(node)):
        return False
    if any(compares(one, module) for one in own_nodes(change.function)):
        return False
    return not any(
        compares(one, file)
        for caller, file in callers(change.function, module)
        for one in own_nodes(caller)
    )


def is_refused(change: Change, place: Place) -> bool:
    """Tell whether a second connection is turned away while the first is registered."""
    if turns_away(change.function, change.node, place, change.module):
        return True
    if is_first_only(change, place):
        return True
    for call, file, function in calls_of(change.function, change.module):
        if function and turns_away(function, call, place, file):
            return True
    return False


def is_first_only(change: Change, place: Place) -> bool:
    """Tell whether a connection is stored only where its key has none: `if key not in sockets`."""
    below: ast.AST = change.node
    for parent in change.module.ancestors(change.node):
        if isinstance(parent, ast.If) and below in parent.body:
            for test in walk(parent.test):
                if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn):
                    found = place_of(test.comparators[0], change.module)
                    if found is not None and found[0] == place:
                        return True
        below = parent
    return False


def turns_away(function: FunctionNode, node: ast.AST, place: Place, module: Module) -> bool:
    """Tell whether a function ends before a node if a registry has something."""
    for test in own_nodes(function):
        if isinstance(test, ast.If) and test.lineno < node.lineno:  # type: ignore[attr-defined]
            if isinstance(test.body[-1], LEAVES) and asks(test.test, place, module):
                return True
    return False


def asks(test: ast.expr, place: Place, module: Module) -> bool:
    """Tell whether a condition is about a registry, directly or through a method."""
    inference(module)
    for one in walk(test):
        if isinstance(one, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            found = place_of(one, module)
            if found and found[0] == place:
                return True
        called = callee(one, module) if isinstance(one, ast.Call) else None
        if called and any(
            isinstance(inner, ast.Name | ast.Attribute)
            and (found := place_of(inner, called.module))
            and found[0] == place
            for inner in own_nodes(called.node)
        ):
            return True
    return False


def serves(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function ends connections: it is an endpoint's, or one calls it."""
    around = {
        function,
        *(one for one in module.ancestors(function) if isinstance(one, FunctionNode)),
    }
    if around & {one.function for one in endpoints(module)}:
        return True
    calls = calls_of(function, module)
    if all(is_of_own_class(caller, function, file) for _, file, caller in calls):
        # Nobody in sight calls it but what cannot send: the endpoints are in other files.
        return is_leaving(function)
    return any(is_served(caller, file) for caller, file in callers(function, module))


def callers(function: FunctionNode, module: Module) -> Iterator[tuple[FunctionNode, Module]]:
    """Give who calls a function, also through one that only hands the leaving on."""
    for _, file, caller in calls_of(function, module):
        if caller is None or caller is function:
            continue
        yield caller, file
        if is_leaving(caller):
            for _, further, outer in calls_of(caller, file):
                if outer is not None and outer is not function:
                    yield outer, further


def is_leaving(function: FunctionNode) -> bool:
    """Tell by its name whether a function is called when a connection ends."""
    return any(name in function.name for name in ("disconnect", "remove", "leave", "unregister"))


def is_of_own_class(caller: FunctionNode | None, function: FunctionNode, module: Module) -> bool:
    """Tell whether who calls a method is another one of its class."""
    owner = module.parents.get(function)
    return caller is not None and isinstance(owner, ast.ClassDef) and caller in owner.body


def takes_back(change: Change, key: ast.expr, added: list[Change], module: Module) -> bool:
    """Tell whether a method is the counterpart of those of its class that register, by the key.

    So it is, whatever its name, where nobody in sight calls them, and nothing else takes out.
    """
    function, owner = change.function, module.parents[change.function]
    methods = {function, *(one.function for one in added)}
    if not isinstance(owner, ast.ClassDef) or not isinstance(key, ast.Name):
        return False
    if len(methods) == 1 or any(calls_of(one, module) or one.decorator_list for one in methods):
        return False
    names = [parameter.arg for parameter, _ in parameters(function)]
    return (
        key.id in names
        and all(module.parents.get(one.function) is owner for one in added)
        and all(isinstance(one.key, ast.Name) and one.key.id == key.id for one in added)
        and all(is_socket(one.value, module) for one in added)
        and is_only_removal(change, module)
        and not any(is_talk(one) for one in own_nodes(function))
    )


def is_only_removal(change: Change, module: Module) -> bool:
    """Tell whether nothing else takes single keys out of a registry."""
    files = dict.fromkeys([module, *files_around(module).near(module)])
    return not any(
        one.action == "remove" and one.place == change.place and one.depth == change.depth
        for file in files
        for one in all_changes(file)
        if one.node is not change.node
    )


def is_talk(node: ast.AST) -> bool:
    """Tell whether a node waits, handles an error, or ends a connection itself."""
    is_close = isinstance(node, ast.Attribute) and node.attr in {"close", "cancel"}
    return is_close or isinstance(node, ast.ExceptHandler | ast.Await)


def is_served(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function is about one connection: an endpoint, or given a WebSocket.

    Or it reads from one that its object keeps.
    """
    around = {
        function,
        *(one for one in module.ancestors(function) if isinstance(one, FunctionNode)),
    }
    if around & {one.function for one in endpoints(module)}:
        return True
    if any(operation(one, module) in READS for one in own_nodes(function)):
        return True
    return bool(socket_parameters(function, module))


def socket_parameters(function: FunctionNode, module: Module) -> list[str]:
    """Name the parameters that a function uses and that are WebSockets."""
    used = [one for one in own_nodes(function) if isinstance(one, ast.Name)]
    names = {one.id for one in used if is_socket(one, module)}
    return [one.arg for one, _ in parameters(function) if one.arg in names]


def fix(change: Change, key: ast.expr, module: Module) -> Fix | None:
    """Compare first, where the connection is at hand."""
    if isinstance(change.node, ast.Assign):
        return None
    statement = module.statement_of(change.node)
    text = module.text_of(statement)
    names = socket_parameters(change.function, module)
    stored = [one for one in registrations(change, module) if is_socket(one.value, one.module)]
    if len(names) != 1 or not stored or not text or "\n" in text:
        return None
    if module.lines[statement.lineno - 1].strip().partition("#")[0].strip() != text:
        return None  # something else is on its line
    target = registry_of(change.node)
    where = module.text_of(target)
    test = f"if {where}.get({module.text_of(key)}) is {names[0]}:"
    lines = f"{test}\n{indent_of(statement, module)}{step(module)}{text}"
    return Fix("Compare with what is registered", (replace(statement, lines, module),), safe=False)


def registry_of(node: ast.AST) -> ast.expr:
    """Give the collection that a removal is of."""
    target = node.func if isinstance(node, ast.Call) else None
    if isinstance(node, ast.Delete):
        target = node.targets[0]
    assert isinstance(target, ast.Attribute | ast.Subscript)
    return target.value


RULE = Rule(
    code="WSK308",
    name="evict-by-key",
    severity="error",
    help="Remove the key only if the registered connection `is` this one",
    explanation=__doc__ or "",
    find=find,
    fixes="unsafe",
)
