"""What containers hold: by their literals, their methods, and what the file puts into them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.kinds import Container, Inference, Kind, Parts
from holdfast.check.code.module import Module

ADDS = {"append": "list", "add": "set", "appendleft": "list", "insert": "list"}
ITEMS = {"get", "pop", "setdefault", "popleft"}


class Addition(NamedTuple):
    """A value that is put into a container, `depth` subscripts below its name."""

    depth: int
    type: str
    value: ast.expr


Additions = dict[str, list[Addition]]


def additions(module: Module) -> Additions:
    """Give what a file puts into containers, under the last name of each."""
    if "additions" not in module.notes:
        module.notes["additions"] = read_additions(module)
    found: Additions = module.notes["additions"]
    return found


def read_additions(module: Module) -> Additions:
    """Read what a file puts into containers."""
    found: Additions = defaultdict(list)
    for call in module.every(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ADDS and call.args:
            name, depth = root(call.func.value)
            found[name].append(Addition(depth, ADDS[call.func.attr], call.args[-1]))
    for node in module.every(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                name, depth = root(target.value)
                found[name].append(Addition(depth, "dict", node.value))
    return found


def root(node: ast.expr) -> tuple[str, int]:
    """Strip subscripts: `self.rooms[room]` is one below `rooms`."""
    if isinstance(node, ast.Subscript):
        name, depth = root(node.value)
        return name, depth + 1
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ITEMS:
            name, depth = root(node.func.value)
            return name, depth + 1
    if isinstance(node, ast.Attribute):
        return node.attr, 0
    return (node.id, 0) if isinstance(node, ast.Name) else ("", 0)


def filled(container: Container, name: str, module: Module, infer: Inference) -> Container:
    """Complete a container, of which no item is known, by what is put into it."""
    deepest: Kind | None = container
    while isinstance(deepest, Container) and deepest.item is not None:
        deepest = deepest.item
    if not isinstance(deepest, Container):
        return container
    for one in additions(module).get(name, ()):
        kind = infer.kind(one.value, module)
        if kind is None or (isinstance(kind, Container) and kind.item is None):
            continue
        for _ in range(one.depth):
            kind = Container(one.type, kind)
        return Container(container.type, kind)
    return container


def item_of(kind: Kind | None) -> Kind | None:
    """Tell what a loop over something gives; over a dict, its keys are not known."""
    if isinstance(kind, Container):
        return None if kind.type == "dict" else kind.item
    if isinstance(kind, Parts):
        return next((one for one in kind.items if one), None)
    return None


def part_of(kind: Kind | None, path: tuple[int, ...]) -> Kind | None:
    """Take a tuple apart."""
    for index in path:
        if isinstance(kind, Parts) and index < len(kind.items):
            kind = kind.items[index]
        elif isinstance(kind, Container):
            kind = kind.item
        else:
            return None
    return kind


def copied(kind: Kind | None, how: str = "list") -> Kind | None:
    """Tell what `list(x)` is of; `enumerate` counts."""
    item = kind.item if isinstance(kind, Container) and kind.type != "dict" else item_of(kind)
    if how == "enumerate":
        return Container("list", Parts((None, item)))
    if isinstance(kind, Container) and how == "dict":
        return kind
    return Container(how if how in {"set", "tuple", "frozenset"} else "list", item)


def from_method(container: Container, name: str) -> Kind | None:
    """Tell what a method of a container returns."""
    if name in ITEMS:
        return container.item
    if name == "items":
        return Container("iterable", Parts((None, container.item)))
    if name == "values":
        return Container("iterable", container.item)
    if name == "keys":
        return Container("iterable")
    if name in {"copy", "union", "difference", "intersection"}:
        return container
    return None


def parts(node: ast.expr) -> Iterator[ast.expr]:
    """Give the elements of a tuple, or the one thing itself."""
    yield from node.elts if isinstance(node, ast.Tuple) else [node]
