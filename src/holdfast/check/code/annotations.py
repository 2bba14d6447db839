"""What an annotation says of a value."""

from __future__ import annotations

import ast

from holdfast.check.code.containers import parts
from holdfast.check.code.kinds import Container, Inference, Kind, Library, Parts
from holdfast.check.code.module import Module

WRAPPERS = {"Annotated", "Optional", "Union", "Final", "ClassVar", "Required",
            "NotRequired", "ReadOnly", "Mapped"}  # fmt: skip
SEQUENCES = {
    "list": "list", "List": "list", "set": "set", "Set": "set", "frozenset": "frozenset",
    "FrozenSet": "frozenset", "deque": "list", "Deque": "list", "Sequence": "list",
    "MutableSequence": "list", "Collection": "iterable", "MutableSet": "set",
    "Iterable": "iterable", "Iterator": "iterable", "AsyncIterator": "iterable",
    "AsyncIterable": "iterable", "AbstractSet": "set", "WeakSet": "set",
}  # fmt: skip
GENERATORS = {"Generator", "AsyncGenerator"}
MAPPINGS = {
    "dict", "Dict", "defaultdict", "DefaultDict", "Mapping", "MutableMapping", "OrderedDict",
    "WeakValueDictionary",
}  # fmt: skip


def annotated(node: ast.AST, module: Module, infer: Inference) -> Kind | None:
    """Tell what an annotation says; a quoted one is read where it stands."""
    return Reader(node, module, infer).read(node)


class Reader:
    """Reads one annotation. `at` is where its names are looked up."""

    def __init__(self, at: ast.AST, module: Module, infer: Inference) -> None:
        self._at, self._module, self._infer = at, module, infer
        self._followed: set[ast.AST] = set()  # aliases; one may be of itself: a type for JSON

    def read(self, node: ast.AST) -> Kind | None:
        """Tell what an annotation, or a part of it, says."""
        match node:
            case ast.Constant(value=str(text)):
                return self._quoted(text)
            case ast.BinOp(op=ast.BitOr()):
                return self.read(node.left) or self.read(node.right)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Name() | ast.Attribute():
                return self._named(node)
        return None

    def _quoted(self, text: str) -> Kind | None:
        try:
            return self.read(ast.parse(text.strip(), mode="eval").body)
        except (SyntaxError, ValueError):
            return None  # the text of an Annotated, not a quoted type

    def _named(self, node: ast.expr) -> Kind | None:
        last = self._module.qualify(node).rpartition(".")[2]
        if last in SEQUENCES:
            return Container(SEQUENCES[last])
        if last in MAPPINGS:
            return Container("dict")
        if last == "object":
            return None  # it may be anything
        found = self._type(node)
        # An alias: `Sockets = set[WebSocket]` is itself an annotation.
        alias = self._alias(node)
        if alias is None:
            return self._infer.meaning(found)
        if alias in self._followed:
            return None
        self._followed.add(alias)
        said = self.read(alias)
        self._followed.discard(alias)
        return said

    def _type(self, node: ast.expr) -> Kind | None:
        """Find the class that a name means, where the annotation stands."""
        if isinstance(node, ast.Attribute):
            base = self._type(node.value)
            return self._infer.attribute(base, node.attr) if base else None
        if not isinstance(node, ast.Name):
            return None
        scope, found = self._infer.scopes(self._module).find(node.id, self._at)
        return self._infer.bound(node.id, scope, found, self._module) or (
            Library(node.id) if not found else None
        )

    def _alias(self, node: ast.expr) -> ast.AST | None:
        if not isinstance(node, ast.Name):
            return None
        _, found = self._infer.scopes(self._module).find(node.id, self._at)
        if len(found) != 1 or found[0].how != "value":
            return None
        source = found[0].source
        return source if isinstance(source, ast.Subscript | ast.BinOp) else None

    def _subscript(self, node: ast.Subscript) -> Kind | None:
        name = self._module.qualify(node.value).rpartition(".")[2]
        inner = list(parts(node.slice))
        if not inner:
            return self._named(node.value)  # `tuple[()]`
        if name == "Annotated":
            return self.read(inner[0]) or self._depends(inner[1:])
        if name in WRAPPERS:
            return next((kind for one in inner if (kind := self.read(one))), None)
        if name in SEQUENCES or name in GENERATORS:
            return Container(SEQUENCES.get(name, "iterable"), self.read(inner[0]))
        if name in MAPPINGS:
            return Container("dict", self.read(inner[-1]))
        if name in {"tuple", "Tuple"}:
            ends_open = isinstance(inner[-1], ast.Constant) and inner[-1].value is ...
            if ends_open:
                return Container("tuple", self.read(inner[0]))
            return Parts(tuple(self.read(one) for one in inner))
        return self._named(node.value)

    def _depends(self, rest: list[ast.expr]) -> Kind | None:
        return next((kind for one in rest if (kind := self._infer.kind(one, self._module))), None)
