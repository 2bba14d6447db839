"""Collections that are iterated as they are, not as a copy, and what changes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.asking import unless_asked
from holdfast.check.code.calls import arguments, callee
from holdfast.check.code.kinds import Class, File, Function, Instance, files_around, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes
from holdfast.check.facts.registries import Place, place_of, source_of

ADDS = {"append", "add", "insert", "appendleft", "setdefault", "update", "extend"}
REMOVES = {"remove", "discard", "pop", "popitem", "popleft", "clear"}
VIEWS = {"values", "items", "keys"}
THROUGH = {"enumerate", "reversed", "zip", "iter", "filter"}
CHAINS = {"itertools.chain", "itertools.chain.from_iterable", "itertools.islice"}
COPIES = {"list", "tuple", "sorted"}
DEPTH = 4


class Target(NamedTuple):
    """A collection: the keys below a place, or below a local name."""

    place: Place
    keys: tuple[str, ...]


class Change(NamedTuple):
    """A statement or call that changes the size of a collection."""

    target: Target
    node: ast.AST
    removes: bool
    function: FunctionNode | None


def live(node: ast.expr, module: Module, depth: int = 0) -> ast.expr | None:
    """Give the collection that a loop walks while it can change; None for a copy of one."""
    match node:
        case ast.Call() if callee(node, module):
            return returned(callee(node, module), module, depth) if depth < DEPTH else None
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in VIEWS:
            return live(value, module, depth)
        case ast.Call(func=ast.Attribute(attr="get" | "setdefault", value=value)):
            return node if live(value, module, depth) else None
        case ast.Call(func=ast.Name(id=name), args=[*_, value]) if name in THROUGH:
            return live(value, module, depth)
        case ast.GeneratorExp(generators=[first, *_]):
            return live(first.iter, module, depth)
        case ast.Call(args=[_, *_]) if module.qualify(node.func) in CHAINS:
            found = (live(one, module, depth) for one in node.args)
            return next((one for one in found if one), None)
        case ast.Subscript(slice=ast.Slice()):
            return None
        case ast.Subscript(value=value):
            return node if live(value, module, depth) else None
        case ast.BoolOp(values=[first, *_]):
            return live(first, module, depth)
        case ast.Attribute() | ast.Name():
            return live_named(node, module, depth)
    return None


def live_named(node: ast.Attribute | ast.Name, module: Module, depth: int) -> ast.expr | None:
    """Follow a name or an attribute to the collection that it is another name of."""
    if isinstance(node, ast.Name):
        found = live_name(node, module, depth)
        return walked(node, module, depth) if found is node else found
    getter = property_of(node, module)
    return returned(getter, module, depth) if getter else walked(node, module, depth)


def walked(node: ast.expr, module: Module, depth: int) -> ast.expr | None:
    """Give what a loop over an object walks: what its `__iter__` does, where it has one."""
    infer = inference(module)
    kind = infer.kind(node, module)
    method = infer.attribute(kind, "__iter__") if isinstance(kind, Instance) else None
    if not isinstance(method, Function):
        return node
    return returned(method, module, depth) if depth < DEPTH else None


def live_anywhere(node: ast.expr, module: Module, depth: int = 0) -> tuple[ast.expr, Module] | None:
    """Give the collection that a loop walks with its file, which may be that of a function."""
    if found := live(node, module):
        return found, module
    match node:
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in VIEWS:
            return live_anywhere(value, module, depth)
        case ast.Call():
            function = callee(node, module)
        case ast.Attribute():
            function = property_of(node, module)
        case ast.Name() if depth < DEPTH:
            return next(
                (live_anywhere(one, module, depth + 1) for one in named(node, module)), None
            )
        case _:
            return None
    if function is None or function.module is module:
        return None
    found = returned(function, function.module, depth)
    return (found, function.module) if found else None


def named(node: ast.Name, module: Module) -> list[ast.expr]:
    """Give the only value of a function's variable."""
    scope, bindings = inference(module).scopes(module).lookup(node)
    sources = [one.source for one in bindings if one.how == "value" and not one.path]
    is_only = isinstance(scope, FunctionNode) and len(bindings) == 1
    return [one for one in sources if is_only and isinstance(one, ast.expr)]


def returned(function: Function | None, module: Module, depth: int) -> ast.expr | None:
    """Give the collection that a function of the same file returns, or walks as a generator."""
    if function is None or function.module is not module or function.is_async:
        return None
    nodes = list(own_nodes(function.node))
    values = [one.value for one in nodes if isinstance(one, ast.Return) and one.value]
    if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in nodes):
        values = [one.iter for one in nodes if isinstance(one, ast.For)]
        values += [one.value for one in nodes if isinstance(one, ast.YieldFrom)]
    found = [live(one, module, depth + 1) for one in values]
    # What is only its own, or may be a copy, is not live.
    outer = (one for one in found if one and not is_own(one, function.node, module))
    return next(outer, None) if all(found) else None


def is_own(node: ast.expr, function: FunctionNode, module: Module) -> bool:
    """Tell whether a collection is one of a function's own variables."""
    target = target_of(node, module)
    return target is None or target.place.owner is function


def property_of(node: ast.Attribute, module: Module) -> Function | None:
    """Find the method behind an attribute that is a property."""
    kind = inference(module).kind(node.value, module)
    of = kind.of if isinstance(kind, Instance) else None
    for one in of.node.body if of else ():
        if isinstance(one, ast.FunctionDef) and one.name == node.attr and one.decorator_list and of:
            return Function(of.module, one, of, bound=True)
    return None


def live_name(node: ast.Name, module: Module, depth: int) -> ast.expr | None:
    """Follow a local name to the collection that it is another name of."""
    scope, bindings = inference(module).scopes(module).lookup(node)
    bindings = [one for one in bindings if one.how != "annotation"]
    if not isinstance(scope, FunctionNode):
        return node
    values = [one.source for one in bindings if one.how == "value" and not one.path]
    if len(values) != 1 or len(bindings) != 1 or depth > DEPTH:
        # The variable of an outer loop over a dict of collections is live, too.
        items = [one for one in bindings if one.how == "item"]
        return node if items and len(items) == len(bindings) else None
    source = values[0]
    assert isinstance(source, ast.expr)
    if isinstance(source, ast.List | ast.Set | ast.Dict):
        return node
    return source if live(source, module, depth + 1) else None


def target_of(node: ast.AST, module: Module) -> Target | None:
    """Say which collection an expression is: where it is kept, and below which keys."""
    match node:
        case ast.Subscript(value=value, slice=key):
            return below(target_of(value, module), key)
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in VIEWS:
            return target_of(value, module)
        case ast.Call(func=ast.Attribute(attr="get" | "setdefault", value=value), args=[key, *_]):
            return below(target_of(value, module), key)
        case ast.BoolOp(values=[first, *_]):
            return target_of(first, module)
        case ast.GeneratorExp(generators=[first, *_]):
            return target_of(first.iter, module)
        case ast.Name():
            return target_of_name(node, module)
        case ast.Attribute():
            found = place_of(node, module)
            return Target(found[0], ()) if found and found[1] == 0 else None
    return None


def below(target: Target | None, key: ast.expr) -> Target | None:
    """Go one key further down."""
    return Target(target.place, (*target.keys, ast.unparse(key))) if target else None


@unless_asked
def target_of_name(node: ast.Name, module: Module) -> Target | None:
    """Say which collection a name is, be it local, global or another name of one."""
    scope, bindings = inference(module).scopes(module).lookup(node)
    if not isinstance(scope, FunctionNode):
        found = place_of(node, module)
        return Target(found[0], ()) if found else None
    bindings = [one for one in bindings if one.how != "annotation"]
    if len(bindings) == 1 and bindings[0].how in {"value", "item"}:
        source = bindings[0].source
        if bindings[0].how == "value" and isinstance(
            source, ast.Subscript | ast.Attribute | ast.Call
        ):
            if not bindings[0].path and live(node, module):
                return target_of(source, module)
        if bindings[0].how == "item" and isinstance(source, ast.expr):
            return item_target(node, source, module)
    return Target(Place(scope, node.id), ())


def item_target(node: ast.Name, source: ast.expr, module: Module) -> Target | None:
    """Say which collection the variable of a loop over collections is: one below, under any key."""
    while isinstance(source, ast.Call) and module.qualify(source.func) in COPIES and source.args:
        source = source.args[0]  # a copy of what has them has the same ones
    outer = target_of(live(source, module) or source, module)
    return Target(outer.place, (*outer.keys, node.id)) if outer else None


# -- changes ---------------------------------------------------------------------------------------


def changes(module: Module) -> list[Change]:
    """Give everything in a file that changes the size of a collection."""
    if "live changes" not in module.notes:
        module.notes["live changes"] = list(_changes(module))
    found: list[Change] = module.notes["live changes"]
    return found


def _changes(module: Module) -> Iterator[Change]:
    for node in module.every(ast.Call, ast.Assign, ast.Delete, ast.AugAssign):
        for changed, removes in changed_by(node):
            if target := target_of(changed, module):
                yield Change(target, node, removes, module.function_of(node))


def changed_by(node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """Give the collections that a node changes, and whether it takes something out."""
    match node:
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in ADDS | REMOVES:
            yield value, attr in REMOVES
        case ast.Assign(targets=targets):
            yield from ((one.value, False) for one in targets if isinstance(one, ast.Subscript))
        case ast.Delete(targets=targets):
            yield from ((one.value, True) for one in targets if isinstance(one, ast.Subscript))
        case ast.AugAssign(target=ast.Attribute() | ast.Name() as target, op=op):
            if isinstance(op, ast.Sub | ast.BitOr | ast.Add):
                yield target, isinstance(op, ast.Sub)


def home(node: ast.expr, module: Module) -> Module:
    """Find the file in which a collection is kept."""
    match node:
        case ast.Subscript(value=value) | ast.Call(func=ast.Attribute(value=value)):
            return home(value, module)
        case ast.BoolOp(values=[first, *_]):
            return home(first, module)
        case ast.Attribute(value=value):
            kind = inference(module).kind(value, module)
            if isinstance(kind, Instance):
                kind = kind.of
            return kind.module if isinstance(kind, Class | File) else module
        case ast.Name(id=name) if name in module.imports:
            base, _ = source_of(module.imports[name])
            return (files_around(module).module_named(module, base) if base else None) or module
    return module


def removals(call: ast.Call, function: Function, module: Module) -> Iterator[Target]:
    """Give what a helper takes out of collections, in the words of who calls it."""
    given = arguments(call, function)
    names = {name: ast.unparse(value) for name, value in given.items()}
    for node, inner in removing(function, 0):
        if target := target_of(node, inner):
            if function.module is inner:
                yield Target(
                    target.place, tuple(names.get(key, f"{key} there") for key in target.keys)
                )
            elif not target.keys:
                yield target


def removing(function: Function, depth: int) -> list[tuple[ast.expr, Module]]:
    """Give what a function, and its helpers, take something out of."""
    kept: dict[tuple[ast.AST, int], list[tuple[ast.expr, Module]]]
    kept = function.module.notes.setdefault("removing", {})
    key = (function.node, depth)
    if key not in kept:
        kept[key] = list(found_removing(function, depth))
    return kept[key]


def found_removing(function: Function, depth: int) -> Iterator[tuple[ast.expr, Module]]:
    """Find what a function, and its helpers, take something out of."""
    module = function.module
    for node in own_nodes(function.node):
        for changed, removes in changed_by(node):
            if removes:
                yield changed, module
        if isinstance(node, ast.Call) and depth < DEPTH:
            helper = callee(node, module)
            if helper and helper.node is not function.node:
                yield from removing(helper, depth + 1)
