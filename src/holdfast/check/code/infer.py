"""Finds out what an expression stands for, by reading definitions across the project's files.

It prefers silence: what the text does not settle is None. Nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from holdfast.check.code import guess, states
from holdfast.check.code.annotations import annotated
from holdfast.check.code.attributes import Attributes
from holdfast.check.code.containers import (
    copied,
    filled,
    from_method,
    item_of,
    part_of,
)
from holdfast.check.code.kinds import (
    Class,
    Classes,
    Container,
    File,
    Files,
    Function,
    Instance,
    Kind,
    Library,
    Made,
    Parts,
    Socket,
)
from holdfast.check.code.made import made
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters
from holdfast.check.code.scopes import Binding, Scopes

WEBSOCKET = {
    "fastapi.WebSocket",
    "fastapi.websockets.WebSocket",
    "starlette.websockets.WebSocket",
}
DATABASES = ("pymongo.", "motor.")
HANDLERS = {"on_connect", "on_receive", "on_disconnect"}
# More bindings of one name in one scope are not read: no person wrote them.
MANY = 50
DISPLAYS = {ast.List: "list", ast.Set: "set", ast.ListComp: "list", ast.SetComp: "set"}


class Inferred:
    """The kinds of all expressions of a project, each found once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._kinds: dict[ast.AST, Kind | None] = {}
        self._bound: dict[tuple[ast.AST, str], Kind | None] = {}
        self._results: dict[ast.AST, Kind | None] = {}
        self._scopes: dict[Module, Scopes] = {}
        self.classes: Classes = Attributes(self)

    def scopes(self, module: Module) -> Scopes:
        """Give the bindings of a file."""
        if module not in self._scopes:
            self._scopes[module] = Scopes(module)
        return self._scopes[module]

    def kind(self, node: ast.AST | None, module: Module) -> Kind | None:
        """Tell what an expression is."""
        if node is None:
            return None
        kinds = self._kinds
        if node in kinds:
            return kinds[node]
        # An expression that leads back to itself is not known on the way.
        kinds[node] = None
        found = kinds[node] = self._read(node, module)
        return found

    def _read(self, node: ast.AST, module: Module) -> Kind | None:
        match node:
            case ast.Name():
                return self._name(node, module)
            case ast.Attribute():
                return self._attribute(node, module)
            case ast.Call():
                return self._call(node, module)
            case ast.Subscript():
                return self._subscript(node, module)
            case ast.Await() | ast.NamedExpr() | ast.Starred():
                return self.kind(node.value, module)
            case ast.Tuple():
                return Parts(tuple(self.kind(one, module) for one in node.elts))
            case ast.IfExp():
                return self._first((node.body, node.orelse), module)
            case ast.BoolOp():
                return self._first(node.values, module)
            case ast.Constant():
                return None if node.value is None else Made(type(node.value).__name__)
            case ast.JoinedStr():
                return Made("str")
            case _:
                return self._display(node, module)

    def _display(self, node: ast.AST, module: Module) -> Kind | None:
        """Tell the kind of `[a, b]`, `{}`, `[a for a in b]` and their like."""
        match node:
            case ast.List() | ast.Set():
                return Container(DISPLAYS[type(node)], self._element(node.elts, module))
            case ast.Dict():
                return Container("dict", self._first(node.values, module))
            case ast.ListComp() | ast.SetComp():
                return Container(DISPLAYS[type(node)], self.kind(node.elt, module))
            case ast.GeneratorExp():
                return Container("iterable", self.kind(node.elt, module))
            case ast.DictComp():
                return Container("dict", self.kind(node.value, module))
            case ast.BinOp(op=ast.BitOr() | ast.Sub() | ast.BitAnd() | ast.Add()):
                kind = self._first((node.left, node.right), module)
                return copied(kind) if isinstance(kind, Container | Parts) else None
        return None

    def _first(self, nodes: Iterable[ast.AST], module: Module) -> Kind | None:
        """Give the first kind that is known."""
        return next((kind for one in nodes if (kind := self.kind(one, module))), None)

    def _element(self, nodes: list[ast.expr], module: Module) -> Kind | None:
        """Tell what `[a, *b]` holds."""
        for one in nodes:
            kind = self.kind(one, module)
            if found := item_of(kind) if isinstance(one, ast.Starred) else kind:
                return found
        return None

    # -- names ----------------------------------------------------------------------------------

    def _name(self, node: ast.Name, module: Module) -> Kind | None:
        scope, bindings = self.scopes(module).lookup(node)
        found = self.bound(node.id, scope, bindings, module)
        if found is None and not any(one.how == "definition" for one in bindings):
            return guess.socket(node, scope, module)
        return found

    def bound(
        self, name: str, scope: ast.AST, bindings: list[Binding], module: Module
    ) -> Kind | None:
        """Tell what a name is, by all that gives it a value in its scope."""
        if not bindings:
            return self._from_stars(name, module)
        if (scope, name) not in self._bound:
            self._bound[scope, name] = None
            self._bound[scope, name] = self._settled(name, bindings, module)
        return self._bound[scope, name]

    def _settled(self, name: str, bindings: list[Binding], module: Module) -> Kind | None:
        """Tell what a name is: the first that is known; an empty container only if no other is.

        What an import gave is no more, where the name is made of it: `redis = redis.Redis()`.
        """
        ordered = sorted(bindings, key=lambda one: one.how != "annotation")
        if ordered[0].how == "import" and len(ordered) > 1 and ordered[1].how == "value":
            made = ordered[1].source
            if isinstance(made, ast.Call) and module.qualify(made.func).startswith(f"{name}."):
                return Made(module.qualify(made.func))
        first: Kind | None = None
        for one in ordered[:MANY]:
            kind = self._binding(name, one, module)
            if kind and not is_empty(kind):
                first = kind
                break
            first = first or kind
        return filled(first, name, module, self) if isinstance(first, Container) else first

    def _from_stars(self, name: str, module: Module) -> Kind | None:
        for source in module.star_imports:
            if source.partition(".")[0] in {"fastapi", "starlette"}:
                continue
            if found := self._files.imported(module, f"{source}.{name}"):
                return found
        return None

    def _binding(self, name: str, binding: Binding, module: Module) -> Kind | None:
        source = binding.source
        match binding.how:
            case "parameter":
                return self._parameter(source, module)
            case "annotation":
                return self.annotation(source, module)
            case "value" | "context":
                return part_of(self._entered(binding, module), binding.path)
            case "item":
                return part_of(item_of(self.kind(source, module)), binding.path)
            case "definition":
                return self._definition(source, module)
            case "import":
                dotted = module.imports.get(name, "")
                return self._files.imported(module, dotted) or Library(dotted)
        return None

    def _entered(self, binding: Binding, module: Module) -> Kind | None:
        """Tell what a value is; of a context manager, what `as` gives."""
        kind = self.kind(binding.source, module)
        if binding.how == "context" and isinstance(kind, Instance):
            for method in ("__aenter__", "__enter__"):
                enter = self.attribute(kind, method)
                if isinstance(enter, Function):
                    return self.result(enter) or kind
        if isinstance(kind, Container) and kind.type == "yielded" and binding.how == "context":
            return kind.item
        return kind

    def _definition(self, node: ast.AST, module: Module) -> Kind | None:
        if isinstance(node, ast.ClassDef):
            return Class(module, node)
        if isinstance(node, FunctionNode):
            parent = module.parents.get(node)
            owner = Class(module, parent) if isinstance(parent, ast.ClassDef) else None
            return Function(module, node, owner)
        return None

    def _parameter(self, parameter: ast.AST, module: Module) -> Kind | None:
        function = module.parents[module.parents[parameter]]
        if not isinstance(parameter, ast.arg) or not isinstance(function, FunctionNode):
            return None
        if parameter.annotation and (kind := self.annotation(parameter.annotation, module)):
            return kind
        owner = module.parents.get(function)
        if isinstance(owner, ast.ClassDef) and self._is_self(parameter, function, module):
            of = Class(module, owner)
            return of if parameter.arg == "cls" else Instance(of)
        if isinstance(owner, ast.ClassDef) and function.name in HANDLERS:
            if parameter in function.args.args[1:2] and self._serves(Class(module, owner)):
                return Socket()
        default = next((d for one, d in parameters(function) if one is parameter), None)
        return self.kind(default, module)

    def _serves(self, of: Class) -> bool:
        """Tell whether Starlette calls the handlers of a class, with the WebSocket first."""
        bases = (one for one in self.classes.line(of) if isinstance(one, Library))
        return any(one.name.endswith("WebSocketEndpoint") for one in bases)

    def _is_self(self, parameter: ast.arg, function: FunctionNode, module: Module) -> bool:
        named = [*function.args.posonlyargs, *function.args.args]
        static = any(module.qualify(one) == "staticmethod" for one in function.decorator_list)
        return bool(named) and named[0] is parameter and not static

    def annotation(self, node: ast.AST, module: Module) -> Kind | None:
        """Tell what an annotation says of a value."""
        return annotated(node, module, self)

    def meaning(self, kind: Kind | None) -> Kind | None:
        """Tell what an object of a type is."""
        if isinstance(kind, Library):
            return Socket() if kind.name in WEBSOCKET else Made(kind.name)
        if isinstance(kind, Class):
            bases = (self.kind(base, kind.module) for base in kind.node.bases)
            if any(isinstance(base, Library) and base.name in WEBSOCKET for base in bases):
                return Socket()
            return Instance(kind)
        return None

    # -- attributes and calls -------------------------------------------------------------------

    def _attribute(self, node: ast.Attribute, module: Module) -> Kind | None:
        base = self.kind(node.value, module)
        found = self.attribute(base, node.attr) if base else None
        if found is None or isinstance(found, Library):
            found = states.kept(node, module) or found
        if isinstance(found, Container):
            return filled(found, node.attr, module, self)
        is_strange = isinstance(base, Made) and isinstance(found, Library)
        if (found is None and isinstance(base, Instance | Class | None)) or (
            is_strange and node.attr in guess.LIKELY
        ):
            return guess.socket_attribute(node, module) or found
        return found

    def attribute(self, kind: Kind, name: str) -> Kind | None:
        """Tell what an attribute of something is."""
        match kind:
            case File():
                return self._global(kind.module, name)
            case Instance(of=of):
                return self.classes.find(of, name, bound=True)
            case Class():
                return self.classes.find(kind, name, bound=False)
            case Library(name=base) | Made(name=base):
                return Library(f"{base}.{name}")
            case Socket():
                return Library(f"WebSocket.{name}")
        return None

    def _global(self, module: Module, name: str) -> Kind | None:
        bindings = self.scopes(module).table(module.tree).get(name, [])
        found = self.bound(name, module.tree, bindings, module)
        if found is None and module.path.name == "__init__.py":
            other = self._files.module_named(module, f".{name}")
            return File(other) if other else None
        return found

    def _call(self, node: ast.Call, module: Module) -> Kind | None:
        function = node.func
        if isinstance(function, ast.Name) and function.id in guess.COPIES and node.args:
            return copied(self.kind(node.args[0], module), function.id)
        if isinstance(function, ast.Name) and function.id in guess.EMPTY and not node.args:
            return Container(function.id)
        if isinstance(function, ast.Name) and function.id in {"next", "anext"} and node.args:
            return item_of(self.kind(node.args[0], module))
        called = self.kind(function, module)
        if isinstance(function, ast.Attribute) and not isinstance(called, Function):
            base = self.kind(function.value, module)
            if isinstance(base, Container):
                return from_method(base, function.attr)
        if isinstance(called, Library):
            return made(called.name, node, module, self)
        if isinstance(called, Class):
            return self.meaning(called)
        if isinstance(called, Made):
            return Made(f"{called.name}.__call__")  # of a factory, such as a sessionmaker
        return self.result(called) if isinstance(called, Function) else None

    def result(self, function: Function) -> Kind | None:
        """Tell what a function returns; a generator gives a container of type `yielded`."""
        node = function.node
        if node not in self._results:
            self._results[node] = None
            self._results[node] = self._result(function)
        return self._results[node]

    def _result(self, function: Function) -> Kind | None:
        node, module = function.node, function.module
        yields = [one for one in own_nodes(node) if isinstance(one, ast.Yield | ast.YieldFrom)]
        if node.returns and (kind := self.annotation(node.returns, module)):
            if isinstance(kind, Made) and kind.name.endswith(".Self") and function.owner:
                return Instance(function.owner)
            if isinstance(kind, Container) and yields:
                return Container("yielded", kind.item)
            return kind
        if yields:
            return Container("yielded", self._first([y.value for y in yields if y.value], module))
        returns = (one.value for one in own_nodes(node) if isinstance(one, ast.Return))
        return self._first([one for one in returns if one], module)

    def _subscript(self, node: ast.Subscript, module: Module) -> Kind | None:
        base = self.kind(node.value, module)
        if isinstance(base, Parts) and isinstance(node.slice, ast.Constant):
            index = node.slice.value
            return part_of(base, (index,)) if isinstance(index, int) else None
        if isinstance(node.slice, ast.Slice):
            return copied(base)
        if isinstance(base, Made) and base.name.startswith(DATABASES):
            return Made(f"{base.name}.__getitem__")  # a collection of MongoDB
        return base.item if isinstance(base, Container) else None


def is_empty(kind: Kind) -> bool:
    """Tell whether a kind is a container of which no item is known."""
    return isinstance(kind, Container) and kind.item is None
