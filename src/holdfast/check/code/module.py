"""One parsed file, and the questions about its text and its tree that rules ask."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from holdfast.check.finding import Span

FRAMEWORKS = {"fastapi", "starlette", "holdfast"}
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
INNER = {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda}
FUNCTIONS = {ast.FunctionDef, ast.AsyncFunctionDef}
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.Module
Loop = ast.For | ast.AsyncFor | ast.While
LOOPS = {ast.For, ast.AsyncFor, ast.While}
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
# Fields that hold no nodes, or only those that Python shares: marks for load and store, operators.
NO_NODES = {
    "arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level",
    "module", "op", "ops", "rest", "simple", "tag", "type_comment", "type_ignores",
}  # fmt: skip
# Types whose lists hold None or texts, too.
MIXED = {ast.Dict, ast.arguments, ast.Global, ast.Nonlocal}
FIELDS: dict[type[ast.AST], tuple[str, ...]] = {ast.MatchSingleton: ()}
NOTHING: list[ast.AST] = []
Node = TypeVar("Node", bound=ast.AST)


class Module:
    """A file's tree, with its imports resolved and its parents known.

    `shared` is what all files of a project have in common; `name` is the dotted name under which it
    is imported.
    """

    def __init__(self, text: str, path: Path, name: str, shared: Mapping[str, Any]) -> None:
        with warnings.catch_warnings():
            # A doubtful escape in somebody's string is not our subject.
            warnings.simplefilter("ignore")
            self.tree = ast.parse(text)
        self.text = text
        self.path = path
        self.name = name
        self.shared = shared
        # What analyses keep of a file, each under its name, so that it is found once.
        self.notes: dict[str, Any] = {}
        # Not splitlines(): Python ends no line at a form feed.
        self.lines = text.split("\n")
        self.nodes: list[ast.AST] = []
        self.parents: dict[ast.AST, ast.AST] = {}
        self._by_type: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        self._read_tree()

    def _read_tree(self) -> None:
        """Note every node, in the order of the text, with its parent and under its type.

        The marks for load and store, and operators, are no nodes of their own: Python shares them.
        """
        nodes, parents, by_type = self.nodes, self.parents, self._by_type
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            nodes.append(node)
            by_type[type(node)].append(node)
            found = read_children(node)
            if found:
                # Kept with the node itself: trees are walked again and again.
                node.below = found  # type: ignore[attr-defined]
                for child in found:
                    parents[child] = node
                waiting += found[::-1]
            else:
                node.below = NOTHING  # type: ignore[attr-defined]

    def every(self, *types: type[Node]) -> list[Node]:
        """Give the nodes of these types; those of one type are in the order of the text."""
        if len(types) == 1:
            return self._by_type.get(types[0], NOTHING)  # type: ignore[return-value]
        return [node for kind in types for node in self._by_type[kind]]  # type: ignore[misc]

    @cached_property
    def imports(self) -> dict[str, str]:
        """Every name that an import binds anywhere in the file, with its full dotted name."""
        return dict(self._imported())

    def _imported(self) -> Iterator[tuple[str, str]]:
        for node in self.every(ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                yield alias.asname or root, alias.name if alias.asname else root
        for source in self.every(ast.ImportFrom):
            base = self.absolute(source)
            for alias in source.names:
                dot = "" if base.endswith(".") else "."  # `from . import x` is `.x`
                yield alias.asname or alias.name, f"{base}{dot}{alias.name}"

    def absolute(self, source: ast.ImportFrom) -> str:
        """Spell where a `from ... import` imports from, with the dots of a relative one kept."""
        return "." * source.level + (source.module or "")

    @cached_property
    def star_imports(self) -> list[str]:
        """The modules of which the file imports everything."""
        sources = self.every(ast.ImportFrom)
        return [self.absolute(one) for one in sources if one.names[0].name == "*"]

    @cached_property
    def uses_framework(self) -> bool:
        """Whether the file imports FastAPI, Starlette or Holdfast."""
        return any(name.partition(".")[0] in FRAMEWORKS for name in self.imports.values())

    def qualify(self, node: ast.AST | None) -> str:
        """Spell a dotted name in full, as imported; empty for what is no dotted name."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute) and (base := self.qualify(node.value)):
            return f"{base}.{node.attr}"
        return ""

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Walk up from a node's parent to the module."""
        parents = self.parents
        while parent := parents.get(node):
            yield parent
            node = parent

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Find the function whose body a node belongs to."""
        parents = self.parents
        while found := parents.get(node):
            if type(found) in FUNCTIONS:
                return found  # type: ignore[return-value]
            node = found
        return None

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """Find the class around a node."""
        found = (one for one in self.ancestors(node) if isinstance(one, ast.ClassDef))
        return next(found, None)

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """Find the statement that a node is, or is part of."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def block_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """Give the block in which a statement stands: it and its siblings."""
        parent = self.parents[statement]
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and statement in block:
                return block
        return [statement]

    def loop_of(self, node: ast.AST) -> Loop | None:
        """Find the innermost loop statement around a node, within its function."""
        parents = self.parents
        while parent := parents.get(node):
            if type(parent) in LOOPS:
                return parent  # type: ignore[return-value]
            if type(parent) in FUNCTIONS or isinstance(parent, ast.Lambda):
                return None
            node = parent
        return None

    def within(self, node: ast.AST, block: list[ast.stmt]) -> bool:
        """Tell whether a node is in one of these statements."""
        return any(
            # A block may be long: only statements are worth looking for in it.
            isinstance(one, ast.stmt) and one in block
            for one in (node, *self.ancestors(node))
        )

    def span(self, node: ast.AST) -> Span:
        """Say where a node stands; for a function or class, where its name does."""
        row, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        if isinstance(node, FunctionNode | ast.ClassDef):
            keyword = len("class" if isinstance(node, ast.ClassDef) else "def")
            start = self.lines[row - 1].find(node.name, self._characters(row, column) + keyword)
            if start >= 0:
                return Span(row, start + 1, row, start + 1 + len(node.name))
        end_row = getattr(node, "end_lineno", None) or row
        end_column = getattr(node, "end_col_offset", None) or column
        return Span(
            row,
            self._characters(row, column) + 1,
            end_row,
            self._characters(end_row, end_column) + 1,
        )

    def text_of(self, node: ast.AST) -> str:
        """Give the text of a node; `ast.get_source_segment` splits the whole file each time."""
        span = self.span(node)
        rows = self.lines[span.row - 1 : span.end_row]
        rows[-1] = rows[-1][: span.end_column - 1]
        rows[0] = rows[0][span.column - 1 :]
        return "\n".join(rows)

    def _characters(self, row: int, byte_offset: int) -> int:
        """Turn the tree's byte offsets into characters."""
        line = self.lines[row - 1]
        if line.isascii():
            return byte_offset
        return len(line.encode()[:byte_offset].decode(errors="ignore"))


def children(node: ast.AST) -> list[ast.AST]:
    """Give the nodes directly below one, in the order of the text."""
    try:
        return node.below  # type: ignore[attr-defined,no-any-return]
    except AttributeError:  # no node of a file: an analysis has made it
        return read_children(node)


def walk(node: ast.AST) -> list[ast.AST]:
    """Give a node and all below it, as `ast.walk` does, in an eighth of the time."""
    found = [node]
    for one in found:  # which grows meanwhile
        try:
            found += one.below  # type: ignore[attr-defined]
        except AttributeError:
            found += read_children(one)
    return found


def read_children(node: ast.AST) -> list[ast.AST]:
    """Read which nodes are directly below one."""
    kind = type(node)
    fields = FIELDS.get(kind)
    if fields is None:
        names = (name for name in kind._fields if name not in NO_NODES)
        fields = FIELDS[kind] = tuple(names) if kind is not ast.Constant else ()
    found: list[ast.AST] = []
    for name in fields:
        value = getattr(node, name, None)
        if value is None:
            continue
        if type(value) is not list:
            if isinstance(value, ast.AST):
                found.append(value)
        elif kind in MIXED:
            found += [one for one in value if isinstance(one, ast.AST)]
        else:
            found += value
    return found


def own_nodes(scope: ast.AST) -> list[ast.AST]:
    """Give the nodes of a function or module without the functions and classes inside it.

    A function's own decorators, defaults and annotations are left out: they run outside of it.
    """
    # Kept with the node itself: most rules ask for it.
    kept: list[ast.AST] | None = scope.__dict__.get("own_nodes")
    if kept is None:
        kept = scope.own_nodes = found_own_nodes(scope)  # type: ignore[attr-defined]
    return kept


def found_own_nodes(scope: ast.AST) -> list[ast.AST]:
    """Walk a function or module, but for what is inside its functions and classes."""
    inner = scope.body if isinstance(scope, FunctionNode) else children(scope)
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [*reversed(inner)]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if type(node) not in INNER and (inside := children(node)):
            waiting += inside[::-1]
    return found


def body_nodes(function: FunctionNode) -> list[ast.AST]:
    """Give the nodes of a function's body, with all that is nested in it."""
    kept: list[ast.AST] | None = function.__dict__.get("body_nodes")
    if kept is None:
        kept = []
        waiting: list[ast.AST] = [*reversed(function.body)]
        while waiting:
            node = waiting.pop()
            kept.append(node)
            if inside := children(node):
                waiting += inside[::-1]
        function.body_nodes = kept  # type: ignore[union-attr]
    return kept


def parameters(function: FunctionNode | ast.Lambda) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Give each named parameter with its default."""
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    padding: list[ast.expr | None] = [None] * (len(positional) - len(spec.defaults))
    yield from zip(positional, [*padding, *spec.defaults], strict=True)
    yield from zip(spec.kwonlyargs, spec.kw_defaults, strict=True)


def outermost(function: FunctionNode, module: Module) -> FunctionNode:
    """Give the function that a function is nested in, at last."""
    while outer := module.function_of(function):
        function = outer
    return function
