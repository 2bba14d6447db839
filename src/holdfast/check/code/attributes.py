"""What the attributes of the project's classes are."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.containers import filled, part_of
from holdfast.check.code.kinds import Class, Container, Function, Inference, Kind, Library
from holdfast.check.code.module import FunctionNode, Module

PROPERTIES = {"property", "cached_property", "functools.cached_property"}


class Assigned(NamedTuple):
    """A value, or else an annotation, that a class gives one of its attributes."""

    node: ast.expr
    is_annotation: bool
    path: tuple[int, ...] = ()


class Attributes:
    """Looks attributes up in classes and their bases."""

    def __init__(self, infer: Inference) -> None:
        self._infer = infer
        self._tables: dict[ast.ClassDef, dict[str, list[Assigned]]] = {}

    def find(self, of: Class, name: str, *, bound: bool) -> Kind | None:
        """Tell what an attribute of a class, or of an object of it, is."""
        for one in self.line(of):
            if isinstance(one, Library):
                return Library(f"{one.name}.{name}")
            if found := self._own(one, name, bound=bound):
                return found
        return None

    def line(self, of: Class) -> Iterator[Class | Library]:
        """Give a class and its bases, the nearest first."""
        seen: set[ast.ClassDef] = set()
        waiting: list[Class | Library] = [of]
        libraries: list[Library] = []
        while waiting:
            one = waiting.pop(0)
            if isinstance(one, Library):
                libraries.append(one)
            elif one.node not in seen:
                seen.add(one.node)
                yield one
                bases = (self._infer.kind(base, one.module) for base in one.node.bases)
                waiting += [base for base in bases if isinstance(base, Class | Library)]
        # A class of the project that is among the bases comes before what it is made of.
        yield from (one for one in libraries if one.name not in {"object", "abc.ABC"})

    def assigns(self, of: Class, name: str) -> bool:
        return name in self._table(of)

    def values(self, of: Class, name: str) -> list[ast.AST]:
        found = self._table(of).get(name, ())
        return [one.node for one in found if not one.is_annotation]

    def names(self, of: Class) -> list[str]:
        line = [one for one in self.line(of) if isinstance(one, Class)]
        return [name for one in line for name in self._table(one)]

    def _own(self, of: Class, name: str, *, bound: bool) -> Kind | None:
        for statement in of.node.body:
            if isinstance(statement, FunctionNode) and statement.name == name:
                return self._method(statement, of, bound=bound)
            if isinstance(statement, ast.ClassDef) and statement.name == name:
                return Class(of.module, statement)
        kinds = [kind for one in self._table(of).get(name, ()) if (kind := self._kind(one, of))]
        best = next((k for k in kinds if not isinstance(k, Container) or k.item), None)
        best = best or (kinds[0] if kinds else None)
        return filled(best, name, of.module, self._infer) if isinstance(best, Container) else best

    def _method(self, node: FunctionNode, of: Class, *, bound: bool) -> Kind | None:
        decorators = {of.module.qualify(one) for one in node.decorator_list}
        if decorators & PROPERTIES:
            return self._infer.result(Function(of.module, node, of, bound=True))
        if "staticmethod" in decorators:
            return Function(of.module, node, of, bound=False)
        return Function(of.module, node, of, bound=bound or "classmethod" in decorators)

    def _kind(self, assigned: Assigned, of: Class) -> Kind | None:
        if assigned.is_annotation:
            return self._infer.annotation(assigned.node, of.module)
        return part_of(self._field(assigned.node, of.module), assigned.path)

    def _field(self, node: ast.expr, module: Module) -> Kind | None:
        """Tell what a value is, be it the default factory of a dataclass's field."""
        if isinstance(node, ast.Call) and module.qualify(node.func).endswith(("field", "Field")):
            for keyword in node.keywords:
                if keyword.arg == "default_factory":
                    factory = keyword.value
                    name = factory.id if isinstance(factory, ast.Name) else ""
                    if name in {"list", "set", "dict"}:
                        return Container(name)
                    return self._infer.meaning(self._infer.kind(factory, module))
        return self._infer.kind(node, module)

    def _table(self, of: Class) -> dict[str, list[Assigned]]:
        """Give what a class itself gives its attributes."""
        if of.node not in self._tables:
            table: dict[str, list[Assigned]] = defaultdict(list)
            for node in assignments(of):
                note(table, node, in_body=of.module.parents[node] is of.node)
            for assigned in table.values():
                assigned.sort(key=lambda one: not one.is_annotation)
            self._tables[of.node] = table
        return self._tables[of.node]


def assignments(of: Class) -> list[ast.AST]:
    """Give the assignments within a class, those of its methods included."""
    first, last = of.node.lineno, of.node.end_lineno or of.node.lineno
    found: list[ast.AST] = []
    for every in (of.module.every(ast.Assign), of.module.every(ast.AnnAssign)):
        start = bisect_left(every, first, key=row)
        found += every[start : bisect_right(every, last, key=row)]
    return found


def row(node: ast.stmt) -> int:
    """Say where a statement begins."""
    return node.lineno


def note(table: dict[str, list[Assigned]], node: ast.AST, *, in_body: bool) -> None:
    """Note the attributes that a statement of a class gives a value."""
    if isinstance(node, ast.AnnAssign):
        if name := attribute_name(node.target, in_body=in_body):
            table[name].append(Assigned(node.annotation, is_annotation=True))
            if node.value:
                table[name].append(Assigned(node.value, is_annotation=False))
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if name := attribute_name(target, in_body=in_body):
                table[name].append(Assigned(node.value, is_annotation=False))
            elif isinstance(target, ast.Tuple):
                for index, one in enumerate(target.elts):
                    if name := attribute_name(one, in_body=in_body):
                        table[name].append(Assigned(node.value, False, (index,)))


def attribute_name(target: ast.expr, *, in_body: bool) -> str:
    """Name the attribute of `self.name = ...`, or of `name = ...` in the class's body."""
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return target.attr if target.value.id in {"self", "cls"} else ""
    return target.id if in_body and isinstance(target, ast.Name) else ""
