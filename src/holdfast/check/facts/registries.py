"""Registries: the collections in which a program keeps its connections, and what changes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from holdfast.check.code.asking import unless_asked
from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import (
    Class,
    Container,
    File,
    Instance,
    Kind,
    Library,
    Made,
    Parts,
    Socket,
    files_around,
    inference,
)
from holdfast.check.code.module import FunctionNode, Module, body_nodes, own_nodes

ADDS = {"append", "add", "insert", "appendleft", "setdefault"}
REMOVES = {"remove", "discard", "pop", "popitem", "clear", "difference_update"}
VIEWS = {"values", "items", "keys", "copy", "get", "setdefault", "pop"}
FRESH = {"set", "list", "dict", "deque"}
# What a class may be made of to be a collection itself.
COLLECTIONS = {"set", "list", "dict", "collections.deque", "collections.UserDict"}
COPIES = {"list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate", "iter"}
SOCKETS = re.compile(r"websocket|WebSocket|send_(?:text|json|bytes)|Queue")
DEPTH = 3


class Place(NamedTuple):
    """Where a collection is kept: a class or module and a name in it, or a dotted text."""

    owner: ast.AST | None
    name: str


class Change(NamedTuple):
    """Something put into a registry (`add`) or taken out of it (`remove`).

    `call` stands in the function that was asked about; `node` is the change itself, in `module` and
    `function`. `key` is the key of a dict, `value` what is put in or taken out, where it is said;
    `depth` counts the subscripts: 1 for `rooms[name].append(ws)`.
    """

    action: str
    place: Place
    depth: int
    call: ast.AST
    node: ast.AST
    key: ast.expr | None
    value: ast.expr | None
    module: Module
    function: FunctionNode


def place_of(node: ast.AST | None, module: Module) -> tuple[Place, int] | None:
    """Find which collection an expression is of, and how many subscripts below it.

    `list(self.rooms[x].values())` is of `self.rooms`, 1 below. A collection that lives only as long
    as a function is none.
    """
    infer = inference(module)
    match node:
        case ast.Subscript():
            return deeper(place_of(node.value, module))
        case ast.Await() | ast.NamedExpr() | ast.Starred():
            return place_of(node.value, module)
        case ast.Call(func=ast.Attribute(attr=attr) as function) if attr in VIEWS:
            found = place_of(function.value, module)
            return deeper(found) if attr in {"get", "setdefault", "pop"} else found
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in COPIES:
            return place_of(first, module)
        case ast.BoolOp():
            return first_place(node.values, module)
        case ast.Call():
            return returned_place(node, module)
        case ast.Name():
            return named_place(node, module)
        case ast.Attribute():
            base = infer.kind(node.value, module)
            if isinstance(base, Instance | Class):
                of = base.of if isinstance(base, Instance) else base
                return Place(owner_of(of, node.attr), node.attr), 0
            if isinstance(base, File):
                return Place(base.module.tree, node.attr), 0
            dotted = ast.unparse(node)
            # The application's state is one, however a function comes to it.
            dotted = dotted[dotted.find("app.state.") :] if "app.state." in dotted else dotted
            return (Place(None, dotted), 0) if ".state." in dotted else None
    return None


def first_place(nodes: Iterable[ast.expr | None], module: Module) -> tuple[Place, int] | None:
    """Give the place of the first expression that has one."""
    return next((found for one in nodes if (found := place_of(one, module))), None)


@unless_asked
def returned_place(call: ast.Call, module: Module) -> tuple[Place, int] | None:
    """Find the collection that a method gives: `self.room(name)` is `self.rooms[name]`."""
    called = callee(call, module)
    if called is None:
        return None
    returns = (one.value for one in own_nodes(called.node) if isinstance(one, ast.Return))
    return first_place(returns, called.module)


def deeper(found: tuple[Place, int] | None) -> tuple[Place, int] | None:
    """Count a subscript."""
    return (found[0], found[1] + 1) if found else None


def source_of(dotted: str) -> tuple[str, str]:
    """Divide an imported name into where it is from, `.` for the package itself, and its own."""
    last = dotted.rpartition(".")[2]
    base = dotted.removesuffix(last)
    return (base.rstrip(".") or base), last


@unless_asked
def named_place(node: ast.Name, module: Module) -> tuple[Place, int] | None:
    """Find the collection that a name is, or is another name of."""
    scope, bindings = inference(module).scopes(module).lookup(node)
    if isinstance(scope, ast.Module):
        for one in bindings:
            if one.how == "import":
                base, last = source_of(module.imports.get(node.id, ""))
                other = files_around(module).module_named(module, base) if base else None
                return (Place(other.tree, last), 0) if other else None
        return (Place(scope, node.id), 0) if bindings else None
    given = [one for one in bindings if one.how != "annotation"]
    if len(given) > 1:
        # `room = rooms.get(name)`, and `room = rooms[name] = set()` if there is none.
        given = [one for one in given if one.how != "value" or not is_fresh(one.source)]
    sources = [one.source for one in given if one.how == "value" and not one.path]
    if len(given) == 1 and sources and not isinstance(sources[0], ast.Name):
        call = sources[0]
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args:
            return None  # a copy
        if found := place_of(call, module):
            return found
    if bindings and isinstance(scope, FunctionNode) and is_factory(scope):
        # A collection of `create_app()`: its handlers are nested in it.
        return Place(scope, node.id), 0
    return None


def is_fresh(node: ast.AST) -> bool:
    """Tell whether an expression makes an empty collection."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in FRESH and not node.args
    if isinstance(node, ast.Dict):
        return not node.keys
    return isinstance(node, ast.List) and not node.elts


def is_factory(function: FunctionNode) -> bool:
    """Tell whether a function makes handlers of those inside it, which may share its names."""
    return any(isinstance(one, FunctionNode) and one.decorator_list for one in function.body)


def owner_of(of: Class, name: str) -> ast.ClassDef:
    """Find the class, of a class and its bases, that gives an attribute its value."""
    infer = inference(of.module)
    for one in infer.classes.line(of):
        if isinstance(one, Class) and infer.classes.assigns(one, name):
            return one.node
    return of.node


def is_connection(node: ast.AST | None, module: Module) -> bool:
    """Tell whether a value is a connection, or holds one: a WebSocket, a client object, a queue."""
    match node:
        case ast.Dict():
            return any(is_connection(one, module) for one in node.values)
        case ast.Tuple() | ast.List() | ast.Set():
            return any(is_connection(one, module) for one in node.elts)
    return holds_connection(inference(module).kind(node, module))


def holds_connection(kind: Kind | None, depth: int = 0) -> bool:
    """Tell whether something of this kind is, or holds, a WebSocket or a client's queue."""
    match kind:
        case Socket():
            return True
        case Parts(items=items):
            return any(holds_connection(one, depth) for one in items)
        case Container(item=item):
            return holds_connection(item, depth)
        case Made(name=name):
            return name in {"asyncio.Queue", "asyncio.queues.Queue"}
        case Instance(of=of) if depth == 0:
            infer = inference(of.module)
            names = infer.classes.names(of)
            return any(holds_connection(infer.attribute(kind, one), depth + 1) for one in names)
    return False


def changes(function: FunctionNode, module: Module, depth: int = DEPTH) -> list[Change]:
    """Give all changes of registries that a function makes, helpers included."""
    kept: dict[tuple[ast.AST, int], list[Change]] = module.notes.setdefault("changes", {})
    key = (function, depth)
    if key not in kept:
        kept[key] = []  # a function that leads back to itself adds nothing
        kept[key] = list(found_changes(function, module, depth))
    return kept[key]


def found_changes(function: FunctionNode, module: Module, depth: int) -> Iterator[Change]:
    """Find the changes in one function and in what it calls."""
    for node in body_nodes(function):
        if type(node) not in CHANGING:
            continue
        yield from own_changes(node, function, module)
        if isinstance(node, ast.Call) and depth:
            helper = callee(node, module)
            if helper and may_change(helper.module):
                for one in changes(helper.node, helper.module, depth - 1):
                    yield one._replace(call=node)


def may_change(module: Module) -> bool:
    """Tell whether a file may keep connections: those that never name a WebSocket do not."""
    if "names sockets" not in module.notes:
        module.notes["names sockets"] = SOCKETS.search(module.text) is not None
    found: bool = module.notes["names sockets"]
    return found


CHANGING = {ast.Call, ast.Assign, ast.Delete, ast.AugAssign}


def own_changes(node: ast.AST, function: FunctionNode, module: Module) -> Iterator[Change]:
    """Find what one node changes."""
    if type(node) not in CHANGING:
        return  # nearly all: a match takes long to tell
    match node:
        case ast.Call(func=ast.Attribute()):
            found: list[Raw] = of_call(node, module)
        case ast.Assign(targets=[target], value=value):
            found = of_assignment(target, value, module)
        case ast.Delete(targets=targets):
            items = [one for one in targets if isinstance(one, ast.Subscript)]
            found = [("remove", one.value, one.slice, None) for one in items]
        case ast.AugAssign(op=ast.Sub(), target=target):
            found = [("remove", target, None, None)]
        case ast.AugAssign(op=ast.BitOr() | ast.Add(), target=target, value=value):
            found = [("add", target, None, value)] if is_connection(value, module) else []
        case _:
            return
    for action, of, key, put in found:
        if place := place_of(of, module):
            yield Change(action, *place, node, node, key, put, module, function)


# What is done, to which collection, under which key, and with what.
Raw = tuple[str, ast.expr, ast.expr | None, ast.expr | None]


def of_call(call: ast.Call, module: Module) -> list[Raw]:
    """Tell what a method changes; one of the project's own classes is looked into instead."""
    assert isinstance(call.func, ast.Attribute)
    name, target = call.func.attr, call.func.value
    # Most collections are local to a function: they are no registries, whatever is put into them.
    if name not in ADDS | REMOVES | {"update"} or not place_of(target, module):
        return []
    if has_own(target, name, module):
        return []
    if name in REMOVES:
        return [("remove", target, None, call.args[0] if call.args else None)]
    if name == "update":
        given = call.args[0] if call.args else None
        if not isinstance(given, ast.Dict):
            return []
        pairs = zip(given.keys, given.values, strict=True)
        return [("add", target, key, one) for key, one in pairs if is_connection(one, module)]
    if not call.args or not puts_connection(call.args[-1], target, module):
        return []
    return [("add", target, call.args[0] if len(call.args) > 1 else None, call.args[-1])]


def has_own(target: ast.expr, method: str, module: Module) -> bool:
    """Tell whether a method is one of the project, or of a package, not what a list's is."""
    infer = inference(module)
    kind = infer.kind(target, module)
    if not isinstance(kind, Instance | Class):
        return False
    found = infer.attribute(kind, method)
    return found is not None and not (
        isinstance(found, Library) and found.name.rpartition(".")[0] in COLLECTIONS
    )


def of_assignment(target: ast.expr, value: ast.expr, module: Module) -> list[Raw]:
    """Tell what an assignment puts into a collection, or leaves out of it."""
    if is_filter(value):
        return [("remove", target, None, None)]
    if not isinstance(target, ast.Subscript) or not place_of(target, module):
        return []
    key = target.slice
    if isinstance(value, ast.Constant) and value.value is None:
        return [("remove", target.value, key, None)]
    puts = puts_connection(value, target.value, module) or is_connection(key, module)
    return [("add", target.value, key, value)] if puts else []


def puts_connection(value: ast.expr, target: ast.expr, module: Module) -> bool:
    """Tell whether a value is a connection, by itself or by what its collection is said to hold."""
    infer = inference(module)
    if is_connection(value, module):
        return True
    container = infer.kind(target, module) if isinstance(value, ast.Name) else None
    unknown = infer.kind(value, module) is None
    return unknown and isinstance(container, Container) and isinstance(container.item, Socket)


def is_filter(value: ast.expr) -> bool:
    """Tell whether a value leaves something out: `[one for one in all if one is not ws]`."""
    if not isinstance(value, ast.ListComp | ast.SetComp | ast.DictComp):
        return False
    return any(one.ifs for one in value.generators)


def registered(function: FunctionNode, module: Module) -> list[Change]:
    """Give the registrations of an endpoint: what it, or a helper, puts into a registry."""
    return [one for one in changes(function, module) if one.action == "add"]


def removed(function: FunctionNode, module: Module) -> list[Change]:
    """Give what an endpoint, or a helper, takes out of registries."""
    return [one for one in changes(function, module) if one.action == "remove"]
