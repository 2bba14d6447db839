"""Which statement gives a name its value: the bindings of each function, class and module."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import NamedTuple

from holdfast.check.code.module import (
    Comprehension,
    FunctionNode,
    Module,
    Scope,
    own_nodes,
    parameters,
)

SCOPES = {
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module, ast.ListComp,
    ast.SetComp, ast.GeneratorExp, ast.DictComp,
}  # fmt: skip
BINDERS = {
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.withitem,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom,
    ast.ExceptHandler, ast.MatchAs, ast.MatchStar,
}  # fmt: skip


class Binding(NamedTuple):
    """One place that binds a name.

    `how` is parameter, annotation, value, item (of a loop), context (of a with), definition, import
    or other; `source` is the expression or definition, `path` the way into it where a tuple is
    taken apart.
    """

    how: str
    source: ast.AST
    path: tuple[int, ...] = ()


Bindings = dict[str, list[Binding]]


class Scopes:
    """The scopes of one file, read when they are first asked for."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._tables: dict[ast.AST, Bindings] = {}
        self._around: dict[ast.AST, tuple[ast.AST, ...]] = {}

    def table(self, scope: ast.AST) -> Bindings:
        """Give all names that a scope binds."""
        found = self._tables.get(scope)
        if found is None:
            found = self._tables[scope] = read(scope)
            if scope is self._module.tree:
                self._add_globals(found)
        return found

    def _add_globals(self, table: Bindings) -> None:
        """Note what functions give to names that they declare global."""
        for node in self._module.every(ast.Global):
            function = self._module.function_of(node)
            inner: Bindings = defaultdict(list)
            for one in own_nodes(function) if function else ():
                note(inner, one)
            for name in node.names:
                table[name] = [*table.get(name, ()), *inner.get(name, ())]

    def lookup(self, name: ast.Name) -> tuple[ast.AST, list[Binding]]:
        """Find the scope that a name belongs to, and what binds it there."""
        return self.find(name.id, name)

    def find(self, name: str, node: ast.AST) -> tuple[ast.AST, list[Binding]]:
        """Find what a name would mean at a node."""
        tables = self._tables
        for scope in self.around(node):
            table = tables.get(scope)
            if table is None:
                table = self.table(scope)
            if found := table.get(name):
                return scope, found
        return self._module.tree, []

    def around(self, node: ast.AST) -> tuple[ast.AST, ...]:
        """Give the scopes whose names are seen at a node, the innermost first."""
        found = self._around.get(node)
        if found is None:
            parent = self._module.parents.get(node)
            found = self.around(parent) if parent is not None else ()
            # By its type first: most of what is around a name has no names of its own.
            if parent is not None and type(parent) in SCOPES and sees(parent, node):
                found = (parent, *found)
            self._around[node] = found
        return found


def sees(scope: ast.AST, below: ast.AST) -> bool:
    """Tell whether a scope's names are seen from below it, `below` being the way up to it."""
    if isinstance(scope, ast.ClassDef):
        # Methods do not see the names of their class.
        return isinstance(below, ast.stmt) and not isinstance(below, FunctionNode | ast.ClassDef)
    if isinstance(scope, FunctionNode):
        # Decorators, defaults and annotations belong to the scope around.
        return below in scope.body
    return True


def read(scope: ast.AST) -> Bindings:
    """Read the bindings of a scope."""
    table: Bindings = defaultdict(list)
    if isinstance(scope, FunctionNode | ast.Lambda):
        for parameter, _ in parameters(scope):
            table[parameter.arg].append(Binding("parameter", parameter))
        for extra in (scope.args.vararg, scope.args.kwarg):
            if extra:
                table[extra.arg].append(Binding("other", extra))
    if isinstance(scope, Comprehension):
        for generator in scope.generators:
            bind(table, generator.target, "item", generator.iter)
        return table
    if isinstance(scope, Scope) and not isinstance(scope, ast.Lambda):
        nodes = class_nodes(scope) if isinstance(scope, ast.ClassDef) else list(own_nodes(scope))
        for node in nodes:
            note(table, node)
        for node in nodes:
            if isinstance(node, ast.Global | ast.Nonlocal):
                for name in node.names:
                    table.pop(name, None)
    return table


def class_nodes(scope: ast.ClassDef) -> list[ast.AST]:
    """Give the nodes of a class body, without what is inside its methods."""
    return [node for statement in scope.body for node in (statement, *own_nodes_of(statement))]


def own_nodes_of(statement: ast.stmt) -> list[ast.AST]:
    """Give the nodes inside a statement of a class body."""
    if isinstance(statement, FunctionNode | ast.ClassDef):
        return []
    return list(own_nodes(statement))


def note(table: Bindings, node: ast.AST) -> None:
    """Note what one node binds."""
    if type(node) not in BINDERS:
        return
    match node:
        case ast.Assign():
            for target in node.targets:
                bind(table, target, "value", node.value)
        case ast.AnnAssign(target=ast.Name(id=name)):
            table[name].append(Binding("annotation", node.annotation))
            if node.value:
                table[name].append(Binding("value", node.value))
        case ast.NamedExpr():
            bind(table, node.target, "value", node.value)
        case ast.For() | ast.AsyncFor():
            bind(table, node.target, "item", node.iter)
        case ast.withitem(optional_vars=ast.expr() as target):
            bind(table, target, "context", node.context_expr)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            table[node.name].append(Binding("definition", node))
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                table[local_name(alias)].append(Binding("import", node))
        case _:
            note_other(table, node)


def note_other(table: Bindings, node: ast.AST) -> None:
    """Note a name of which no more is known than that it is bound."""
    match node:
        case (
            ast.ExceptHandler(name=str(name))
            | ast.AugAssign(target=ast.Name(id=name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
        ):
            table[name].append(Binding("other", node))


def local_name(alias: ast.alias) -> str:
    """Give the name that an import binds."""
    return alias.asname or alias.name.partition(".")[0]


def bind(
    table: Bindings, target: ast.expr, how: str, source: ast.expr, path: tuple[int, ...] = ()
) -> None:
    """Note the names of an assignment's target."""
    if isinstance(target, ast.Name):
        table[target.id].append(Binding(how, source, path))
    elif isinstance(target, ast.Tuple | ast.List):
        for index, one in enumerate(target.elts):
            bind(table, one, how, source, (*path, index))
    elif isinstance(target, ast.Starred):
        bind(table, target.value, "other", source)
