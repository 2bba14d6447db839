"""One parsed file and the questions that rules ask about it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator

from holdfast.check.finding import Span

FRAMEWORKS = {"fastapi", "starlette", "holdfast"}
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
NOQA = re.compile(
    r"#\s*noqa(?:\s*:\s*(?P<codes>[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*))?(?P<rest>\s*:)?", re.IGNORECASE
)


class Module:
    """A file's tree, with its imports resolved and its parents known."""

    def __init__(self, text: str) -> None:
        with warnings.catch_warnings():
            # A doubtful escape in somebody's string is not our subject.
            warnings.simplefilter("ignore")
            self.tree = ast.parse(text)
        self.text = text
        # Not splitlines(): Python ends no line at a form feed.
        self.lines = text.split("\n")
        self.nodes = list(ast.walk(self.tree))
        self.parents = {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}
        self.imports = dict(self._imported())
        self.uses_framework = any(
            name.partition(".")[0] in FRAMEWORKS for name in self.imports.values()
        )

    def _imported(self) -> Iterator[tuple[str, str]]:
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    root = alias.name.partition(".")[0]
                    yield alias.asname or root, alias.name if alias.asname else root
            elif isinstance(node, ast.ImportFrom):
                base = "." * node.level + (node.module or "")
                for alias in node.names:
                    yield alias.asname or alias.name, f"{base}.{alias.name}"

    def qualify(self, node: ast.AST | None) -> str:
        """Spell a dotted name in full, as imported; empty for what is no dotted name."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute) and (base := self.qualify(node.value)):
            return f"{base}.{node.attr}"
        return ""

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Walk up from a node's parent to the module."""
        while parent := self.parents.get(node):
            yield parent
            node = parent

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Find the function whose body a node belongs to."""
        found = (one for one in self.ancestors(node) if isinstance(one, FunctionNode))
        return next(found, None)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """Find the class around a node."""
        found = (one for one in self.ancestors(node) if isinstance(one, ast.ClassDef))
        return next(found, None)

    def span(self, node: ast.AST) -> Span:
        """Say where a node stands; for a function, where its name does."""
        row, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        if isinstance(node, FunctionNode):
            start = self.lines[row - 1].find(node.name, self._characters(row, column) + len("def"))
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

    def _characters(self, row: int, byte_offset: int) -> int:
        """Turn the tree's byte offsets into characters."""
        return len(self.lines[row - 1].encode()[:byte_offset].decode(errors="ignore"))

    def silenced(self) -> dict[int, set[str]]:
        """Give the codes that each line silences; an empty set stands for all of them."""
        found: dict[int, set[str]] = {}
        for row, comment in self._comments():
            match = NOQA.search(comment)
            # A noqa with a colon that names no code must not silence everything.
            if match and (match["codes"] or not match["rest"]):
                found[row] = set(re.findall(r"[A-Z]+\d+", (match["codes"] or "").upper()))
        return found

    def _comments(self) -> Iterator[tuple[int, str]]:
        try:
            for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
                if token.type == tokenize.COMMENT:
                    yield token.start[0], token.string
        except (tokenize.TokenError, SyntaxError):
            return  # what the parser took and the tokenizer does not: what was read so far counts


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Walk a function or module without the functions and classes inside it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, FunctionNode | ast.ClassDef | ast.Lambda):
            yield from own_nodes(child)


def parameters(function: FunctionNode) -> Iterator[tuple[ast.arg, bool]]:
    """Give each named parameter, and whether it has a default."""
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    required = len(positional) - len(spec.defaults)
    yield from ((one, index >= required) for index, one in enumerate(positional))
    yield from (
        (one, default is not None)
        for one, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    )
