"""One call of a function on the paths through an endpoint, and what the connection is in it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from holdfast.check.code.kinds import Function, Socket, inference
from holdfast.check.code.module import FunctionNode, Module, parameters, walk
from holdfast.check.facts.sockets import OPERATIONS, given
from holdfast.check.flow.objects import made_by
from holdfast.check.flow.state import Split, States


class Plan(NamedTuple):
    """What a call is, in whatever state it is made.

    `arguments` are those that may do something themselves. `operation` is on the own connection;
    `perhaps` is one on a WebSocket that may be it. `helper` is a function to follow, `escapes`
    tells that something unknown gets the connection, `endless` that nothing comes after the call.
    """

    arguments: list[ast.expr]
    spawns: bool
    operation: str = ""
    perhaps: str | None = None
    helper: Function | None = None
    escapes: bool = False
    endless: bool = False


class Known(NamedTuple):
    """What was found of the expressions in a function: paths come by them again and again."""

    owning: dict[ast.AST, bool]
    plans: dict[ast.Call, Plan]


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a function. `owned` are the parameters, by function, that are the connection.

    `outer` is the place in the endpoint from which a helper was called, None in the endpoint;
    `site` the place of the call itself. `within` follows the block of an `async with` where the
    generator that was written for it yields.
    """

    function: FunctionNode
    module: Module
    owned: dict[FunctionNode, set[str]]
    outer: ast.AST | None = None
    depth: int = 0
    concurrent: bool = False
    caught: str = ""
    site: tuple[ast.AST, Module] | None = None
    within: Callable[[States], tuple[Split, dict[str, States]]] | None = None
    known: Known = field(default_factory=lambda: Known({}, {}))

    @classmethod
    def of(cls, function: FunctionNode, module: Module, socket: str) -> Frame:
        """Enter a function that a server calls with a connection."""
        owned = {function: {socket}}
        return cls(function, module, owned, known=remembered(function, module, owned))

    def into(self, helper: Function, own: set[str], place: ast.AST) -> Frame:
        """Enter a helper, of which some parameters are given the connection."""
        owned = {**self.owned, helper.node: own}
        return Frame(
            helper.node,
            helper.module,
            owned,
            self.outer or place,
            self.depth + 1,
            self.concurrent,
            site=(place, self.module),
            known=remembered(helper.node, helper.module, owned),
        )

    def catching(self, states: States) -> Frame:
        """Enter a handler: a bare `raise` in it goes on with what it caught."""
        return replace(self, caught="disconnect" if all(one.gone for one in states) else "error")

    def owns(self, node: ast.AST | None) -> bool:
        """Tell whether an expression is the endpoint's own WebSocket, and none of its peers."""
        if node is None or type(node) is ast.Constant:
            return False
        owning = self.known.owning
        if node not in owning:
            owning[node] = False  # while it is found out: names may be given each other's values
            owning[node] = self._owns(node)
        return owning[node]

    def _owns(self, node: ast.AST) -> bool:
        infer = inference(self.module)
        if isinstance(node, ast.Name):
            scope, bindings = infer.scopes(self.module).lookup(node)
            for one in bindings:
                if one.how == "parameter":
                    return isinstance(scope, FunctionNode) and node.id in self.owned.get(scope, ())
                if one.how == "value" and one.source is not node and self.owns(one.source):
                    return True
                if one.how == "context" and isinstance(infer.kind(node, self.module), Socket):
                    return isinstance(one.source, ast.Call) and any(
                        map(self.owns, given(one.source))
                    )
            return False
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.owns(node.value)
        return self._keeps(node) == "own"

    def method(self, node: ast.AST) -> ast.Attribute | None:
        """Find the method of the own connection that is meant, by itself or by a name of it."""
        if isinstance(node, ast.Attribute):
            return node if node.attr in OPERATIONS and self.owns(node.value) else None
        if isinstance(node, ast.Name):
            _, bindings = inference(self.module).scopes(self.module).lookup(node)
            if len(bindings) == 1 and bindings[0].how == "value":
                source = bindings[0].source
                return self.method(source) if isinstance(source, ast.Attribute) else None
        return None

    def has_made(self, node: ast.expr) -> bool:
        """Tell whether an object was made with the own connection, which it may use."""
        made = made_by(node, self.module)
        return made is not None and any(map(self.owns, given(made)))

    def has_bound(self, node: ast.expr) -> bool:
        """Tell whether a name is that of a lambda, or of a `partial`, with the own connection."""
        if not isinstance(node, ast.Name):
            return False
        _, bindings = inference(self.module).scopes(self.module).lookup(node)
        if len(bindings) != 1 or not isinstance(bindings[0].source, ast.Lambda | ast.Call):
            return False
        inside = [one for one in walk(bindings[0].source) if isinstance(one, ast.Name)]
        return bindings[0].how == "value" and any(map(self.owns, inside))

    def is_self(self, node: ast.expr) -> bool:
        """Tell whether an expression is the object that a method is called on."""
        if not isinstance(node, ast.Name):
            return False
        scope, _ = inference(self.module).scopes(self.module).lookup(node)
        first = parameters_of(scope)[:1] if isinstance(scope, FunctionNode) else []
        return isinstance(self.module.parents.get(scope), ast.ClassDef) and first == [node.id]

    def may_own(self, node: ast.AST | None) -> bool:
        """Tell whether an expression is a WebSocket of which it is not known whose it is."""
        return self._keeps(node) == "unknown"

    def _keeps(self, node: ast.AST | None) -> str:
        """Tell of a WebSocket that an object keeps whether it is the own one."""
        infer = inference(self.module)
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            return ""
        if not isinstance(infer.kind(node, self.module), Socket):
            return ""
        scope, bindings = infer.scopes(self.module).lookup(node.value)
        if any(one.how == "item" for one in bindings):
            return "peer"
        if self.is_self(node.value):
            return "own"
        made = [one.source for one in bindings if one.how == "value"]
        calls = (one.value if isinstance(one, ast.Await) else one for one in made)
        is_made = any(
            isinstance(one, ast.Call) and any(map(self.owns, given(one))) for one in calls
        )
        return "own" if is_made else "unknown"


def remembered(
    function: FunctionNode, module: Module, owned: dict[FunctionNode, set[str]]
) -> Known:
    """Give what was found in a function that is called with these connections."""
    kept: dict[object, Known] = module.notes.setdefault("known of frames", {})
    key = (function, frozenset((node, frozenset(names)) for node, names in owned.items()))
    if key not in kept:
        kept[key] = Known({}, {})
    return kept[key]


def parameters_of(node: FunctionNode) -> list[str]:
    """Name a function's parameters."""
    return [one.arg for one, _ in parameters(node)]
