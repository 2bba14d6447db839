"""What the calls of an endpoint do with its connection."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Protocol

from holdfast.check.code.calls import arguments, callee
from holdfast.check.code.kinds import Function, Socket, inference
from holdfast.check.code.module import Module, parameters, walk
from holdfast.check.facts.sockets import OPERATIONS, SPAWNS, given, is_harmless, is_nested
from holdfast.check.flow.changes import (
    after_method,
    after_several,
    allows,
    beside,
    by_facts,
    by_unknown,
    leaving,
    raw_operation,
    renamed,
    unknown,
    with_facts,
)
from holdfast.check.flow.frame import Frame, Plan, parameters_of
from holdfast.check.flow.objects import (
    accepts_inherited,
    failing,
    gathers,
    inherited,
    is_endless,
    is_generator,
    is_stub,
)
from holdfast.check.flow.state import NEW, NONE, Facts, Outcome, Split, States, few

DEEPEST = 5


class Notes(Protocol):
    """Who keeps events."""

    def note(
        self, operation: str, node: ast.AST, frame: Frame, states: States, detail: str = ""
    ) -> None:
        """Add states to those in which something is done."""


class Walker(Protocol):
    """Who follows the statements of helpers, and expressions."""

    @property
    def recorder(self) -> Notes: ...

    def evaluate(
        self, node: ast.expr, frame: Frame, states: States
    ) -> tuple[Split, dict[str, States]]:
        """Follow what an expression does; the states after it are told apart by its truth."""

    def condition(
        self, test: ast.expr, frame: Frame, states: States
    ) -> tuple[States, States, dict[str, States]]:
        """Divide states by a condition."""

    def helper(self, frame: Frame, states: States) -> Outcome:
        """Follow a helper."""


class Calls:
    """Follows calls for a walker."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker

    def iterates(self, node: ast.expr, frame: Frame) -> bool:
        """Tell whether something iterated is `ws.iter_text()` of the own connection."""
        return self._operation(node, frame) == "iterate"

    def read_again(self, node: ast.Call, frame: Frame, states: States) -> States:
        """Follow one more turn of `async for ... in ws.iter_text()`."""
        self._walker.recorder.note("iterate", node, frame, states)
        return frozenset(one for one in states if allows(one, "iterate"))

    def _operation(self, node: ast.AST, frame: Frame) -> str:
        if not isinstance(node, ast.Call):
            return ""
        if accepts_inherited(node, frame.module) and any(map(frame.owns, given(node))):
            return "accept"
        found = frame.method(node.func)
        if found and found.attr == "send":
            return raw_operation(node)
        return OPERATIONS.get(found.attr, "") if found else ""

    def call(
        self, node: ast.Call, frame: Frame, states: States, *, awaited: bool
    ) -> tuple[Split, dict[str, States]]:
        """Follow a call and, before it, its arguments."""
        outcome, plan = Outcome(), self._plan(node, frame, awaited=awaited)
        states = self._given(node, plan, frame, states, outcome, awaited=awaited)
        if plan.operation:
            if not awaited and isinstance(frame.module.parents.get(node), ast.Expr):
                # A coroutine that nobody awaits does nothing; what was meant is another matter.
                return self._perhaps(plan.operation, states, outcome)
            return self._operate(plan.operation, node, frame, states, outcome)
        if plan.perhaps is not None:
            return self._perhaps(plan.perhaps, states, outcome)
        if plan.spawns:
            states = self._handed_on(node, frame, states)
        if plan.helper and frame.depth < DEEPEST:
            split, raises = self.inline(node, plan.helper, frame, states, outcome)
            if plan.helper.node.name == "__init__":
                # It gives the object, which is true; of one that is awaited `__await__` runs, too.
                split = {True: frozenset(one for found in split.values() for one in found)}
                return by_unknown(split) if awaited else split, raises
            return split, raises
        outcome.throw(failing(node, states))
        if plan.endless:
            return {None: NONE}, outcome.raises
        if plan.escapes:
            self._walker.recorder.note("escape", node, frame, states)
            outcome.throw({"disconnect": leaving(states)})
            states = frozenset(unknown(one) for one in states)
        return {None: states}, outcome.raises

    def _given(
        self,
        node: ast.Call,
        plan: Plan,
        frame: Frame,
        states: States,
        outcome: Outcome,
        *,
        awaited: bool,
    ) -> States:
        """Follow what a call is given."""
        if plan.spawns:
            return self._begun(node, frame, states, outcome, awaited=awaited)
        states = few(states)
        for argument in plan.arguments:
            split, raises = self._walker.evaluate(argument, frame, states)
            states = frozenset(one for found in split.values() for one in found)
            outcome.throw(raises)
        return states

    def _begun(
        self, node: ast.Call, frame: Frame, states: States, outcome: Outcome, *, awaited: bool
    ) -> States:
        """Follow what is given to a call that runs it in tasks beside."""
        inner = replace(frame, concurrent=True)
        for argument in [node.func, *given(node)]:
            split, raises = self._walker.evaluate(argument, inner, states)
            # What a task raises comes out where it is awaited.
            after = (one for found in (*split.values(), *raises.values()) for one in found)
            states = beside(states, frozenset(after))
            outcome.throw(raises if awaited and gathers(node) else {"error": states})
        return states

    def _plan(self, node: ast.Call, frame: Frame, *, awaited: bool) -> Plan:
        """Tell what a call is; found once, however many paths lead to it."""
        plans = frame.known.plans
        if node not in plans:
            arguments = [one for one in (node.func, *given(node)) if not is_dotted(one)]
            plan = Plan(arguments, self._spawns(node, frame), self._operation(node, frame))
            plans[node] = plan if plan.operation else self._other(node, frame, plan, awaited)
        return plans[node]

    def _other(self, node: ast.Call, frame: Frame, plan: Plan, awaited: bool) -> Plan:
        """Tell what a call is that is none of the own connection's methods."""
        if isinstance(node.func, ast.Attribute) and frame.may_own(node.func.value):
            return plan._replace(perhaps=OPERATIONS.get(node.func.attr, ""))
        found = self._helper(node, frame)
        if found and not is_stub(found.node):
            plan = plan._replace(helper=found)
        if plan.spawns:
            return plan
        hands_on = any(frame.owns(one) or frame.method(one) for one in given(node))
        called = callee(node, frame.module)
        of = [] if called and not reaches(called) else [of_what(node)]
        hands_on = hands_on or (awaited and any(map(frame.has_made, [*given(node), *of])))
        if awaited and called and is_stub(called.node) and frame.is_self(of_what(node)):
            hands_on = True  # a class derived from this one says what is done
        hands_on = hands_on or (awaited and frame.has_bound(node.func))
        if awaited and not hands_on and is_endless(called):
            return plan._replace(endless=True)
        return plan._replace(escapes=hands_on and not is_harmless(node, frame.module))

    def _operate(
        self, operation: str, node: ast.Call, frame: Frame, states: States, outcome: Outcome
    ) -> tuple[Split, dict[str, States]]:
        """Follow an operation on the connection itself."""
        if operation == "raw_send":
            self._walker.recorder.note(
                "send", node, frame, frozenset(one for one in states if one.accepted)
            )
            outcome.throw({"error": states, "lost": leaving(states)})
            return {None: frozenset(unknown(one) for one in states)}, outcome.raises
        self._walker.recorder.note(operation, node, frame, states)
        allowed = frozenset(one for one in states if allows(one, operation))
        # An accept or close that is allowed fails for nothing but the client's leaving.
        outcome.throw({"error": states - allowed if operation in {"accept", "close"} else states})
        states = allowed
        if operation in {"receive", "accept"}:
            outcome.throw({"disconnect": leaving(states)})
        elif operation in {"send", "close"}:
            outcome.throw({"lost": leaving(states)})
        if operation == "accept":
            states = frozenset(one._replace(accepted=True) for one in states)
        elif operation in {"close", "deny"}:
            states = frozenset(one._replace(closed=True) for one in states)
        elif operation == "raw_receive":
            # What it returns may tell of the end.
            states = states | leaving(states)
        gives = operation in {"receive", "raw_receive", "iterate"}
        return {None if gives else False: states}, outcome.raises

    def _perhaps(
        self, operation: str, states: States, outcome: Outcome
    ) -> tuple[Split, dict[str, States]]:
        """Follow an operation on a WebSocket that may be this one, or a peer's."""
        outcome.throw({"error": states, "disconnect": leaving(states)})
        if operation == "accept":
            states = frozenset(one._replace(accepted=one.accepted or None) for one in states)
        elif operation in {"close", "deny"}:
            states = frozenset(one._replace(closed=one.closed or None) for one in states)
        return {None: states}, outcome.raises

    def _spawns(self, node: ast.Call, frame: Frame) -> bool:
        name = frame.module.qualify(node.func).rpartition(".")[2]
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
        if name not in SPAWNS or (name == "start" and isinstance(node.func, ast.Name)):
            return False
        kind = inference(frame.module).kind(node.func, frame.module)
        return not isinstance(kind, Function)

    def _handed_on(self, node: ast.Call, frame: Frame, states: States) -> States:
        """Follow functions that are handed to a task by name: `start_soon(reader, ws)`."""
        infer = inference(frame.module)
        for one in node.args[:1]:
            kind = infer.kind(one, frame.module)
            if isinstance(kind, Function) and isinstance(one, ast.Name | ast.Attribute):
                call = ast.Call(one, node.args[1:], [])
                inner = replace(frame, concurrent=True)
                split, _ = self.inline(call, kind, inner, states, Outcome(), place=node)
                states = beside(states, frozenset(s for found in split.values() for s in found))
        return states

    def _helper(self, node: ast.Call, frame: Frame) -> Function | None:
        """Find the function of the project that a call hands the connection to."""
        found = callee(node, frame.module) or inherited(node, frame.module)
        if not isinstance(found, Function) or found.node is frame.function:
            return None
        owned = any(frame.owns(one) for one in given(node))
        near = found.module is frame.module and (is_nested(found) or found.owner is not None)
        if found.owner is not None and not owned:
            # A method has the connection if its object may hold it.
            near = near or frame.has_made(of_what(node)) or frame.is_self(of_what(node))
            near = near and holds_socket(found)
        return found if owned or near else None

    def ask(
        self, node: ast.Attribute, asked: Function, frame: Frame, states: States
    ) -> tuple[States, States, dict[str, States]]:
        """Divide states by a property of an object, which its one line tells."""
        own, name = parameters_of(asked.node)[0], ast.unparse(node.value)
        value = getattr(asked.node.body[-1], "value", None) or node
        inner, outcome, yes, no = frame.into(asked, set(), node), Outcome(), NONE, NONE
        for facts, group in by_facts(states, name):
            told = with_facts(group, renamed(facts, name, own))
            held, failed, raises = self._walker.condition(value, inner, told)
            yes |= after_method(held, facts, own, name)
            no |= after_method(failed, facts, own, name)
            for raised, found in raises.items():
                outcome.throw({raised: after_method(found, facts, own, name)})
        return yes, no, outcome.raises

    def inline(
        self,
        node: ast.Call,
        helper: Function,
        frame: Frame,
        states: States,
        outcome: Outcome,
        place: ast.AST | None = None,
    ) -> tuple[Split, dict[str, States]]:
        """Follow a helper where it is called."""
        pairs = arguments(node, helper)
        own = {name for name, value in pairs.items() if frame.owns(value)}
        inner = frame.into(helper, own, place or node)
        if is_generator(helper.node) or (not own and not reaches(helper)):
            outcome.throw({"error": states})
            after = frozenset(unknown(one) for one in states) if own else states
            return {None: after}, outcome.raises
        outcome.throw({"error": states})
        split: Split = {}
        known = constants(pairs, helper)
        own_name, name = object_names(node, helper)
        restore = after_several if is_unpacked(node, frame.module) else after_method
        for facts, group in by_facts(states, name):
            about = renamed(facts, name, own_name) if own_name else frozenset()
            told = {(name, value) for name, one in pairs.items() for text, value in facts
                    if isinstance(one, ast.Name) and one.id == text}  # fmt: skip
            result = self._walker.helper(inner, with_facts(group, known | told | about))
            for raised, found in result.raises.items():
                outcome.throw({raised: after_method(found, facts, own_name, name)})
            for truth, found in result.returns.items():
                found = restore(found, facts, own_name, name)
                split[truth] = split.get(truth, NONE) | found
        if split.get(False) and None in split:
            # What says no with None or False says yes with anything else.
            split[True] = split.get(True, NONE) | split.pop(None)
        return split, outcome.raises


def is_unpacked(call: ast.Call, module: Module) -> bool:
    """Tell whether what a call gives is put into several names."""
    parent = module.parents.get(call)
    if isinstance(parent, ast.Await):
        parent = module.parents[parent]
    return isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Tuple)


def is_dotted(node: ast.AST) -> bool:
    """Tell whether an expression is a constant, a name, or an attribute of a name."""
    while type(node) is ast.Attribute:
        node = node.value
    return type(node) is ast.Name or type(node) is ast.Constant


def object_names(call: ast.Call, helper: Function) -> tuple[str, str]:
    """Name the object whose method is called, as the method does, and as its caller does."""
    own = parameters_of(helper.node)[:1]
    if not (helper.bound and own):
        return "", ""
    if helper.node.name == "__init__":
        return own[0], NEW
    is_method = isinstance(call.func, ast.Attribute) and is_dotted(call.func)
    return (own[0], ast.unparse(of_what(call))) if is_method else ("", "")


def of_what(call: ast.Call) -> ast.expr:
    """Give the object whose method is called, or what is called itself."""
    return call.func.value if isinstance(call.func, ast.Attribute) else call.func


def holds_socket(helper: Function) -> bool:
    """Tell whether a method uses a WebSocket that its object keeps."""
    infer = inference(helper.module)
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and isinstance(infer.kind(node, helper.module), Socket | Function)
        for node in walk(helper.node)
    )


def reaches(helper: Function) -> bool:
    """Tell whether a function that is not given the connection may have it all the same."""
    return is_nested(helper) or (helper.owner is not None and holds_socket(helper))


def constants(pairs: dict[str, ast.expr], helper: Function) -> Facts:
    """Give the conditions that a call's constant arguments, or its defaults, decide."""
    values = {one.arg: pairs.get(one.arg, default) for one, default in parameters(helper.node)}
    return frozenset(
        (name, bool(value.value))
        for name, value in values.items()
        if isinstance(value, ast.Constant)
    )
