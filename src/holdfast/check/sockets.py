"""Which expressions of a file are WebSockets, as far as its annotations tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.module import FunctionNode, Module, own_nodes, parameters

WEBSOCKET = {
    "fastapi.WebSocket",
    "fastapi.websockets.WebSocket",
    "starlette.websockets.WebSocket",
}
SENDS = {"send_text", "send_bytes", "send_json"}
COROUTINES = SENDS | {
    "accept",
    "close",
    "receive",
    "receive_bytes",
    "receive_json",
    "receive_text",
    "send",
    "send_denial_response",
}
# Names in an annotation that say nothing about what a container holds.
CONTAINERS = {
    "Annotated", "Any", "DefaultDict", "Deque", "Dict", "Iterable", "List", "Mapping", "None",
    "Optional", "Sequence", "Set", "Tuple", "UUID", "Union", "bool", "bytes", "defaultdict",
    "deque", "dict", "frozenset", "int", "list", "object", "set", "str", "tuple",
}  # fmt: skip
WRAPPERS = {"Annotated", "Optional", "Union"}
COPIES = {"list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate"}
VIEWS = {"copy", "values", "items", "keys", "get"}


def names_in(annotation: ast.AST | None, module: Module) -> Iterator[str]:
    """Spell out every name in an annotation, quoted ones too."""
    for node in ast.walk(annotation) if annotation else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                yield from names_in(ast.parse(node.value, mode="eval").body, module)
            except SyntaxError:
                continue  # the text of an Annotated, not a quoted type
        elif isinstance(node, ast.Name | ast.Attribute):
            yield module.qualify(node)


def means_websocket(annotation: ast.AST, module: Module) -> bool:
    """Tell whether what is annotated is a WebSocket itself, and no container of them."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return (
            not WEBSOCKET.isdisjoint(names_in(annotation, module)) and "[" not in annotation.value
        )
    if isinstance(annotation, ast.BinOp):
        return any(means_websocket(one, module) for one in (annotation.left, annotation.right))
    if isinstance(annotation, ast.Subscript):
        wrapper = module.qualify(annotation.value).rpartition(".")[2]
        inner = annotation.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        return wrapper in WRAPPERS and any(means_websocket(one, module) for one in parts)
    return module.qualify(annotation) in WEBSOCKET


def is_websocket(node: ast.expr, module: Module) -> bool:
    """Tell whether an expression is known to be a WebSocket."""
    return any(means_websocket(one, module) for one in declared(node, module))


def declared(node: ast.expr, module: Module) -> list[ast.expr]:
    """Find how a name, or an attribute of `self`, is annotated."""
    if isinstance(node, ast.Name):
        return name_annotations(node, module)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = module.class_of(node) if node.value.id == "self" else None
        return attribute_annotations(owner, node.attr, module) if owner else []
    return []


def name_annotations(node: ast.Name, module: Module) -> list[ast.expr]:
    """Look a name up through the functions around it; the innermost that binds it decides."""
    for scope in module.ancestors(node):
        if isinstance(scope, FunctionNode | ast.Module):
            found = list(bindings(scope, node.id, module))
            if found:
                known = [one for one in found if one]
                # One binding without an annotation is enough to know nothing.
                return known if len(known) == len(found) else []
    return []


def bindings(
    scope: FunctionNode | ast.Module, name: str, module: Module
) -> Iterator[ast.expr | None]:
    """Give the annotation, if any, of each place where a scope gives a name a value."""
    if isinstance(scope, FunctionNode):
        yield from (one.annotation for one, _ in parameters(scope) if one.arg == name)
    for node in own_nodes(scope):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            parent = module.parents[node]
            yield parent.annotation if isinstance(parent, ast.AnnAssign) else None


def attribute_annotations(owner: ast.ClassDef, name: str, module: Module) -> list[ast.expr]:
    """Find how a class annotates an attribute: itself, or by the parameter it is taken from."""
    found: list[ast.expr] = []
    for node in ast.walk(owner):
        if isinstance(node, ast.AnnAssign) and sets(node.target, name):
            found.append(node.annotation)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            if any(sets(target, name) for target in node.targets):
                found += name_annotations(node.value, module)
    return found


def sets(target: ast.expr, name: str) -> bool:
    """Tell whether an assignment's target is `self.name`, or `name` in a class body."""
    if isinstance(target, ast.Attribute):
        return target.attr == name and isinstance(target.value, ast.Name)
    return isinstance(target, ast.Name) and target.id == name


def container(node: ast.expr) -> ast.expr:
    """Strip copies and views: `list(self.rooms[x].values())` is about `self.rooms`."""
    if isinstance(node, ast.Subscript):
        return container(node.value)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in VIEWS:
            return container(node.func.value)
        if isinstance(node.func, ast.Name) and node.func.id in COPIES and node.args:
            return container(node.args[0])
    return node


def may_hold_websockets(node: ast.expr, module: Module) -> bool:
    """Tell whether what is iterated may hold WebSockets: yes, unless an annotation denies it."""
    known = declared(container(node), module)
    if not known:
        return module.uses_framework
    names = {name for one in known for name in names_in(one, module)}
    others = {name.rpartition(".")[2] for name in names} - CONTAINERS
    return bool(names & WEBSOCKET) or (not others and module.uses_framework)
