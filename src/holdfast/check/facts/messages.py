"""What a loop does with the message of a disconnect, as the raw `receive()` returns it."""

from __future__ import annotations

import ast
from enum import Enum
from functools import cached_property

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import inference
from holdfast.check.code.module import FunctionNode, Loop, Module, walk
from holdfast.check.facts.handling import Try
from holdfast.check.facts.sockets import given, operation

Known = bool | None
END = "websocket.disconnect"
DEEPEST = 3


class Way(Enum):
    """What becomes of a path."""

    ON = "on"
    OUT = "out"
    ROUND = "round"
    FAILS = "fails"


class Reader:
    """Follows the message of the end through a loop's body. What is not known counts as an exit."""

    def __init__(self, loop: Loop | FunctionNode, module: Module) -> None:
        self.loop = loop
        self.module = module
        # Where it is a function that is called in a loop, what returns goes round, too.
        self.is_called = isinstance(loop, FunctionNode)
        self.names: set[str] = set()
        self.values: dict[str, object] = {}
        self.unknown: set[str] = set()

    def goes_round(self) -> bool:
        """Tell whether the loop surely goes round, or fails."""
        if isinstance(self.loop, ast.While) and not self.received.isdisjoint(walk(self.loop.test)):
            # It goes round, or does not, by the message itself.
            self._bind(self.loop.test)
            if self.truth(self.loop.test) is not True:
                return False
        if Way.OUT in self.block(self.loop.body):
            return False
        if not isinstance(self.loop, ast.While):
            return True
        names = {one.id for one in walk(self.loop.test) if isinstance(one, ast.Name)}
        return self.truth(self.loop.test) is not False and not names & self.unknown

    def block(self, statements: list[ast.stmt]) -> set[Way]:
        """Follow statements; give how they may end."""
        ways = {Way.ON}
        for statement in statements:
            if Way.ON not in ways:
                break
            ways = (ways - {Way.ON}) | self.statement(statement)
        return ways

    def statement(self, node: ast.stmt) -> set[Way]:
        """Follow one statement."""
        match node:
            case ast.Break():
                return {Way.OUT if self.module.loop_of(node) is self.loop else Way.ON}
            case ast.Return() if self.is_called:
                return {Way.FAILS if self._misses(node) else Way.ROUND}
            case ast.Return() | ast.Raise():
                return {Way.OUT}
            case ast.Continue():
                return {Way.ROUND if self.module.loop_of(node) is self.loop else Way.ON}
            case ast.If():
                return self._if(node)
            case ast.Try() | ast.TryStar():
                return self._try(node)
            case ast.With() | ast.AsyncWith():
                return self.block(node.body)
            case ast.For() | ast.AsyncFor() | ast.While():
                return self.block(node.body) | {Way.ON}
            case ast.Match():
                return self._match(node)
        if self._misses(node):
            return {Way.FAILS}
        if self.flags and changes(node, self.flags, self.module):
            return {Way.OUT}
        self._assign(node)
        return {Way.ON}

    def _if(self, node: ast.If) -> set[Way]:
        truth = self.truth(node.test)
        ways: set[Way] = set()
        if truth is not False:
            ways |= self.block(node.body)
        if truth is not True:
            ways |= self.block(node.orelse)
        return ways

    def _match(self, node: ast.Match) -> set[Way]:
        ways: set[Way] = set()
        for case in node.cases:
            truth = self._fits(case.pattern, node.subject)
            if truth is not False:
                ways |= self.block(case.body)
            if truth is True and case.guard is None:
                return ways
        return ways | {Way.ON}

    def _fits(self, pattern: ast.pattern, subject: ast.expr) -> Known:
        """Tell whether a pattern fits this message, or a part of it."""
        match pattern:
            case ast.MatchAs(pattern=None):
                return True
            case ast.MatchAs(pattern=ast.pattern() as inner):
                return self._fits(inner, subject)
            case ast.MatchOr():
                return either([self._fits(one, subject) for one in pattern.patterns])
            case ast.MatchValue(value=ast.Constant(value=wanted)):
                found = self.value(subject)
                return None if found is UNKNOWN else found == wanted
            case ast.MatchMapping() if self.is_message(subject):
                return both(
                    [self._has(*one) for one in zip(pattern.keys, pattern.patterns, strict=True)]
                )
        return None

    def _has(self, key: ast.expr, pattern: ast.pattern) -> Known:
        """Tell whether this message has a key with a value that fits."""
        held = self._held(key)
        if held and isinstance(key, ast.Constant) and key.value == "type":
            return self._fits(pattern, ast.Constant(END))
        return None if held else held

    def _try(self, node: Try) -> set[Way]:
        ways = self.block(node.body)
        if Way.FAILS in ways and node.handlers:
            ways -= {Way.FAILS}
            for handler in node.handlers:
                ways |= self.block(handler.body)
        if Way.ON in ways:
            ways = (ways - {Way.ON}) | self.block(node.orelse)
        after = self.block(node.finalbody)
        return after if Way.ON not in after else ways

    def _misses(self, node: ast.stmt) -> bool:
        """Tell whether a statement asks for what this message does not have: KeyError."""
        return any(
            isinstance(one, ast.Subscript)
            and self.is_message(one.value)
            and isinstance(one.slice, ast.Constant)
            and one.slice.value in {"text", "bytes"}
            for one in walk(node)
        )

    def _assign(self, node: ast.stmt) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.expr):
                self.values.pop(target.id, None)
                self.names.discard(target.id)
                if self.is_message(value):
                    self.names.add(target.id)
                elif (found := self.value(value)) is UNKNOWN:
                    self.unknown.add(target.id)
                else:
                    self.values[target.id] = found

    def _bind(self, test: ast.expr) -> None:
        """Note the name that a condition gives the message."""
        for one in walk(test):
            if isinstance(one, ast.NamedExpr) and self.is_message(one.value):
                self.names.add(one.target.id)

    def is_message(self, node: ast.expr) -> bool:
        """Tell whether an expression is the message."""
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.is_message(node.value)
        if isinstance(node, ast.Name):
            return node.id in self.names
        if isinstance(node, ast.Call) and is_deadline(node):
            return bool(node.args) and self.is_message(node.args[0])
        return node in self.received

    received: frozenset[ast.AST] = frozenset()

    @cached_property
    def flags(self) -> set[str]:
        """The attributes that the loop's condition looks at."""
        test = self.loop.test if isinstance(self.loop, ast.While) else None
        found = (one for one in walk(test) if isinstance(one, ast.Attribute)) if test else ()
        return {one.attr for one in found} - {"receive"}

    def value(self, node: ast.expr) -> object:
        """Tell what an expression gives for this message; UNKNOWN if that is not known."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self.values.get(node.id, UNKNOWN)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                truth = self.truth(node)
                return UNKNOWN if truth is None else truth
            case ast.NamedExpr():
                found = self.value(node.value)
                if found is not UNKNOWN and isinstance(node.target, ast.Name):
                    self.values[node.target.id] = found
                return found
            case ast.Subscript(value=base, slice=ast.Constant(value=key)) if self.is_message(base):
                return END if key == "type" else UNKNOWN
            case ast.Call(
                func=ast.Attribute(value=base, attr="get"), args=[ast.Constant(value=key), *rest]
            ):
                if self.is_message(base):
                    return self._got(key, rest)
        return UNKNOWN

    def _got(self, key: object, rest: list[ast.expr]) -> object:
        if key == "type":
            return END
        if key in {"text", "bytes"}:
            return self.value(rest[0]) if rest else None
        return UNKNOWN

    def truth(self, test: ast.expr) -> Known:
        """Tell whether a condition holds for this message."""
        match test:
            case ast.UnaryOp(op=ast.Not()):
                inner = self.truth(test.operand)
                return None if inner is None else not inner
            case ast.BoolOp():
                found = [self.truth(one) for one in test.values]
                return both(found) if isinstance(test.op, ast.And) else either(found)
            case ast.Compare(ops=[op], comparators=[other]):
                return self._compared(test.left, op, other)
        if self.is_message(test):
            return True
        value = self.value(test)
        return None if value is UNKNOWN else bool(value)

    def _compared(self, left: ast.expr, op: ast.cmpop, other: ast.expr) -> Known:
        if isinstance(op, ast.In | ast.NotIn) and self.is_message(other):
            held = self._held(left)
            return held if held is None or isinstance(op, ast.In) else not held
        if self.is_message(left) and isinstance(other, ast.Constant) and other.value is None:
            return isinstance(op, ast.IsNot | ast.NotEq)
        one, two = self.value(left), self.value(other)
        if UNKNOWN in (one, two):
            return None
        if isinstance(op, ast.Eq | ast.Is):
            return one == two
        return one != two if isinstance(op, ast.NotEq | ast.IsNot) else None

    def _held(self, key: ast.expr) -> Known:
        """Tell whether this message has a key."""
        name = self.value(key)
        if name in {"type", "code"}:
            return True
        return False if name in {"text", "bytes"} else None


UNKNOWN = object()


def both(found: list[Known]) -> Known:
    """Tell whether all hold."""
    return False if False in found else None if None in found else True


def either(found: list[Known]) -> Known:
    """Tell whether one holds."""
    return True if True in found else None if None in found else False


def changes(statement: ast.stmt, flags: set[str], module: Module, depth: int = 0) -> bool:
    """Tell whether a statement, or what it calls, may change what a loop's condition asks for."""
    for node in walk(statement):
        if isinstance(node, ast.Attribute) and node.attr in flags:
            if isinstance(node.ctx, ast.Store) or isinstance(module.parents[node], ast.Attribute):
                return True
        if isinstance(node, ast.Call) and depth < DEEPEST and (found := callee(node, module)):
            if any(changes(one, flags, found.module, depth + 1) for one in found.node.body):
                return True
    return False


def is_deadline(call: ast.Call) -> bool:
    """Tell whether a call waits for its first argument, for a time."""
    return ast.unparse(call.func).rpartition(".")[2] == "wait_for"


def asks_of_message(test: ast.expr, module: Module) -> bool:
    """Tell whether a condition is about what a function made of the message of `receive()`."""
    return any(was_asked(one, module) for one in walk(test) if isinstance(one, ast.expr))


def was_asked(node: ast.expr, module: Module) -> bool:
    """Tell whether an expression is the result of a call that is given the message."""
    if isinstance(node, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(node)
        found = (awaited(one.source) for one in bindings if one.how == "value")
        return any(isinstance(one, ast.Call) and was_given(one, module) for one in found)
    return isinstance(node, ast.Call) and was_given(node, module)


def was_given(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is given the message of `receive()`; a deadline for it is none."""
    return not is_deadline(call) and any(is_received(one, module) for one in given(call))


def is_received(node: ast.AST, module: Module) -> bool:
    """Tell whether an expression is what `receive()` gave."""
    if isinstance(node, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(node)
        sources = (one.source for one in bindings if one.how == "value" and not one.path)
        return any(not isinstance(one, ast.Name) and is_received(one, module) for one in sources)
    if isinstance(node, ast.NamedExpr):
        return is_received(node.value, module)
    if not isinstance(node, ast.Await):
        return False
    call = node.value
    if isinstance(call, ast.Call) and is_deadline(call) and call.args:
        call = call.args[0]
    return operation(call, module) == "raw_receive"


def awaited(node: ast.AST) -> ast.AST:
    """Take the `await` off an expression."""
    return node.value if isinstance(node, ast.Await) else node
