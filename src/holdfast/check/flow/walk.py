"""Walks all paths through an endpoint and notes the states of its connection.

Python's control flow is structured, so statements are followed one in another, loops until nothing
new turns up. Functions of the project that get the WebSocket are walked where they are called.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable
from dataclasses import replace
from functools import partial

from holdfast.check.code.module import children, walk
from holdfast.check.flow.calls import Calls
from holdfast.check.flow.changes import leaving
from holdfast.check.flow.conditions import by_pattern, divide, read
from holdfast.check.flow.contexts import Around, enter, generator_of, leave, surround
from holdfast.check.flow.exceptions import EVERYTHING, catch, entered, is_suppress, type_names
from holdfast.check.flow.frame import Frame
from holdfast.check.flow.objects import property_of
from holdfast.check.flow.recorder import Recorder
from holdfast.check.flow.state import NONE, Event, Outcome, Split, States, few
from holdfast.check.flow.still import Stillness, names_given, stillness
from holdfast.check.flow.truth import assign, forget, merged, returned, truth_of, unpack

ROUNDS = 6
STEPS = 6000


class TooLarge(Exception):
    """The endpoint has more paths than are worth following."""


class Walker:
    """Follows statements. What a call does is the business of `Calls`."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self._calls = Calls(self)
        self._steps = 0
        self._walked: dict[Hashable, tuple[Outcome, list[Event]]] = {}

    def helper(self, frame: Frame, states: States) -> Outcome:
        """Follow a helper; where the same was followed already, repeat what came of it."""
        owned = frozenset((node, frozenset(names)) for node, names in frame.owned.items())
        key = (frame.function, owned, frame.concurrent, states)
        if key in self._walked:
            outcome, events = self._walked[key]
            for one in events:
                site = frame.site if one.function is frame.function else one.site
                self.recorder.take(replace(one, node=frame.outer or one.node, site=site))
            return outcome
        recorded: list[Event] = []
        self.recorder.open.append(recorded)
        try:
            outcome = self.function(frame, states)
        finally:
            self.recorder.open.pop()
        self._walked[key] = outcome, recorded
        return outcome

    def function(self, frame: Frame, states: States) -> Outcome:
        """Follow a function from its start."""
        outcome = self.block(frame.function.body, frame, states)
        if frame.outer is None:
            self.recorder.note("end", frame.function, frame, outcome.after)
        outcome.returns[False] = outcome.returns.get(False, NONE) | outcome.after
        return outcome

    def block(self, statements: list[ast.stmt], frame: Frame, states: States) -> Outcome:
        """Follow statements, one after the other."""
        outcome = Outcome(states)
        for statement in statements:
            if not outcome.after:
                break
            self._steps += 1
            if self._steps > STEPS:
                raise TooLarge
            one = self.statement(statement, frame, few(outcome.after))
            outcome.add(one)
            outcome.after = one.after
        return outcome

    def statement(self, node: ast.stmt, frame: Frame, states: States) -> Outcome:
        """Follow one statement."""
        match node:
            case ast.If():
                return self._if(node, frame, states)
            case ast.While():
                return self._loop(node.body, node.orelse, frame, states, node.test)
            case ast.For() | ast.AsyncFor():
                return self._for(node, frame, states)
            case ast.Try() | ast.TryStar():
                return self._try(node, frame, states)
            case ast.With() | ast.AsyncWith():
                return self._with(node, frame, states)
            case ast.Return():
                return self._return(node, frame, states)
            case ast.Raise():
                return self._raise(node, frame, states)
            case ast.Break():
                return Outcome(breaks=states)
            case ast.Continue():
                return Outcome(continues=states)
            case ast.Match():
                return self._match(node, frame, states)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return Outcome(forget(states, node.name))
        return self._simple(node, frame, states)

    def _simple(self, node: ast.stmt, frame: Frame, states: States) -> Outcome:
        value = getattr(node, "value", None)
        outcome = Outcome()
        if isinstance(value, ast.expr):
            split, outcome.raises = self.evaluate(value, frame, states)
        else:
            split, outcome.raises = self._parts(node, frame, states)
        given = names_given(node)
        if given.target:
            outcome.after = assign(split, given.target)
        elif isinstance(node, ast.Assign):
            outcome.after = unpack(split, given.bound)
        else:
            outcome.after = merged(split)
            for name in given.bound:
                outcome.after = forget(outcome.after, name)
        return outcome

    def _parts(
        self, node: ast.AST, frame: Frame, states: States
    ) -> tuple[Split, dict[str, States]]:
        """Evaluate the expressions of an assert, del and their like."""
        raises = Outcome()
        for child in children(node):
            if isinstance(child, ast.expr):
                split, thrown = self.evaluate(child, frame, states)
                raises.throw(thrown)
                states = merged(split)
        return {None: states}, raises.raises

    def _if(self, node: ast.If, frame: Frame, states: States) -> Outcome:
        yes, no, raises = self.condition(node.test, frame, states)
        outcome = Outcome(raises=raises)
        for block, taken in ((node.body, yes), (node.orelse, no)):
            one = self.block(block, frame, taken)
            outcome.add(one)
            outcome.after |= one.after
        return outcome

    def _for(self, node: ast.For | ast.AsyncFor, frame: Frame, states: States) -> Outcome:
        split, raises = self.evaluate(node.iter, frame, states)
        targets = [one.id for one in walk(node.target) if isinstance(one, ast.Name)]
        states = merged(split)
        for name in targets:
            states = forget(states, name)
        is_read = isinstance(node, ast.AsyncFor) and self._calls.iterates(node.iter, frame)
        read = node.iter if is_read and isinstance(node.iter, ast.Call) else None
        outcome = self._loop(node.body, node.orelse, frame, states, None, read)
        outcome.throw(raises)
        if read:
            # Ends when the client has left; a receive raises nothing then.
            outcome.throw({"error": states})
        return outcome

    def _loop(
        self,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        frame: Frame,
        states: States,
        test: ast.expr | None,
        read: ast.Call | None = None,
    ) -> Outcome:
        outcome = Outcome()
        head, left = states, NONE
        for _ in range(ROUNDS):
            inside = head
            if test is not None:
                inside, out, raises = self.condition(test, frame, head)
                left |= out
                outcome.throw(raises)
            elif read is not None:
                inside = self._calls.read_again(read, frame, head)
                left |= leaving(inside)
                outcome.throw({"error": head - inside})
            else:
                left |= head
            one = self.block(body, frame, inside)
            breaks = one.breaks
            one.breaks, around = NONE, one.after | one.continues
            one.continues = NONE
            outcome.add(one)
            outcome.after |= breaks
            if frozenset(one.aged() for one in around) <= head:
                break
            head = few(head | frozenset(one.aged() for one in around))
        ended = self.block(orelse, frame, left)
        outcome.add(ended)
        outcome.after |= ended.after
        return outcome

    def _try(self, node: ast.Try | ast.TryStar, frame: Frame, states: States) -> Outcome:
        tried = self.block(node.body, frame, states)
        waiting = tried.raises
        tried.raises = {}
        outcome = Outcome(after=NONE)
        for handler in node.handlers:
            taken, waiting = entered(handler, waiting, frame.module)
            if taken:
                inner = frame.catching(taken)
                one = self.block(handler.body, inner, taken)
                outcome.add(one)
                outcome.after |= one.after
        outcome.throw(waiting)
        other = self.block(node.orelse, frame, tried.after) if node.orelse else Outcome(tried.after)
        tried.after = NONE
        outcome.add(tried)
        outcome.add(other)
        outcome.after |= other.after
        return self._finally(node.finalbody, frame, outcome) if node.finalbody else outcome

    def _finally(self, body: list[ast.stmt], frame: Frame, outcome: Outcome) -> Outcome:
        """Follow a `finally` on each way out of its try."""
        ended = Outcome()

        def through(states: States) -> States:
            one = self.block(body, frame, states)
            ended.add(one)
            return one.after

        ended.after = through(outcome.after)
        ended.breaks |= through(outcome.breaks)
        ended.continues |= through(outcome.continues)
        for truth, states in outcome.returns.items():
            ended.returns[truth] = ended.returns.get(truth, NONE) | through(states)
        for name, states in outcome.raises.items():
            ended.throw({name: through(states)})
        return ended

    def _with(self, node: ast.With | ast.AsyncWith, frame: Frame, states: States) -> Outcome:
        return self._entered(node.items, node.body, frame, states)

    def _entered(
        self, items: list[ast.withitem], body: list[ast.stmt], frame: Frame, states: States
    ) -> Outcome:
        """Follow a block within what is entered around it, the outermost first."""
        if not items:
            return self.block(body, frame, states)
        made = items[0].context_expr
        if isinstance(made, ast.Call) and (helper := generator_of(made, frame)):
            inside = partial(self._entered, items[1:], body, frame)
            split, raises = self._parts(made, frame, states)
            outcome = surround(Around(helper, made, frame, inside), merged(split), self.function)
            outcome.throw(raises)
            return outcome
        split, raises = self.evaluate(made, frame, states)
        outcome = Outcome(raises=raises)
        states, raises = enter(made, frame, merged(split), self._calls)
        outcome.throw(raises)
        inner = self._entered(items[1:], body, frame, states)
        if isinstance(made, ast.Call) and is_suppress(made, frame.module):
            caught = {name for one in made.args for name in type_names(one, frame.module)}
            taken, inner.raises = catch(inner.raises, caught) if caught else (NONE, inner.raises)
            inner.after |= taken
        inner = leave(made, frame, inner)
        outcome.add(inner)
        outcome.after = inner.after
        return outcome

    def _match(self, node: ast.Match, frame: Frame, states: States) -> Outcome:
        split, raises = self.evaluate(node.subject, frame, states)
        states = merged(split)
        outcome = Outcome(raises=raises)
        is_open = True
        for case in node.cases:
            taken, states = by_pattern(states, node.subject, case.pattern, frame.module)
            one = self.block(case.body, frame, taken)
            outcome.add(one)
            outcome.after |= one.after
            is_any = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
            is_open = is_open and not (is_any and case.guard is None)
        outcome.after |= states if is_open else NONE
        return outcome

    def _return(self, node: ast.Return, frame: Frame, states: States) -> Outcome:
        outcome = Outcome()
        split: Split = {False: states}
        if node.value:
            split, outcome.raises = self.evaluate(node.value, frame, states)
        if frame.outer is None:
            self.recorder.note("return", node, frame, merged(split))
        outcome.returns = dict(returned(split, node.value) if node.value else split)
        return outcome

    def _raise(self, node: ast.Raise, frame: Frame, states: States) -> Outcome:
        outcome = Outcome()
        name = "error"
        if node.exc is None:
            return Outcome(raises={frame.caught: states} if frame.caught else {"error": states})
        split, raises = self.evaluate(node.exc, frame, states)
        # To make an exception is not what fails.
        outcome.raises = {name: found for name, found in raises.items() if name != "error"}
        made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        names = list(type_names(made, frame.module))
        name = names[0] if names and names[0] != "?" else "error"
        self.recorder.note("raise", node, frame, merged(split), name)
        name = "disconnect" if name == "WebSocketDisconnect" else name
        outcome.throw({"error" if name in EVERYTHING else name: merged(split)})
        return outcome

    # -- expressions ----------------------------------------------------------------------------

    def condition(
        self, test: ast.expr, frame: Frame, states: States
    ) -> tuple[States, States, dict[str, States]]:
        """Divide states by a condition: where it holds, where it does not, and what it raises."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yes, no, raises = self.condition(test.operand, frame, states)
            return no, yes, raises
        if isinstance(test, ast.BoolOp):
            return self._both(test, frame, states)
        if isinstance(test, ast.Attribute) and (asked := property_of(test, frame.module)):
            return self._calls.ask(test, asked, frame, states)
        if found := divide(test, states, frame.module):
            return *found, {"error": states} if read(test, frame.module).looks_up else {}
        split, raises = self.evaluate(test, frame, states)
        unknown = split.get(None, NONE)
        yes, no = split.get(True, NONE) | unknown, split.get(False, NONE) | unknown
        if isinstance(test, ast.NamedExpr):
            name = test.target.id
            yes = frozenset(one.without(name).learns(name, True) for one in yes)
            no = frozenset(one.without(name).learns(name, False) for one in no)
        if isinstance(test, ast.Compare) and isinstance(test.comparators[0], ast.Constant):
            if test.comparators[0].value in (None, False) and isinstance(
                test.ops[0], ast.Is | ast.Eq
            ):
                return no, yes, raises
        return yes, no, raises

    def _both(
        self, test: ast.BoolOp, frame: Frame, states: States
    ) -> tuple[States, States, dict[str, States]]:
        """Divide by `and` and `or`, whose later parts are evaluated on some paths only."""
        outcome, decided, going = Outcome(), NONE, states
        is_and = isinstance(test.op, ast.And)
        for value in test.values:
            yes, no, raises = self.condition(value, frame, going)
            outcome.throw(raises)
            going, settled = (yes, no) if is_and else (no, yes)
            decided |= settled
        return (going, decided, outcome.raises) if is_and else (decided, going, outcome.raises)

    def evaluate(
        self, node: ast.expr, frame: Frame, states: States
    ) -> tuple[Split, dict[str, States]]:
        """Follow what an expression does; the states after it are told apart by its truth."""
        kind = stillness(node)
        if kind is not Stillness.NONE:
            raises = {"error": states} if kind is Stillness.LOOKS_UP else {}
            return {truth_of(node, frame): few(states)}, raises
        match node:
            case ast.Await(value=ast.Call() as call):
                return self._calls.call(call, frame, states, awaited=True)
            case ast.Call():
                return self._calls.call(node, frame, states, awaited=False)
            case ast.NamedExpr() | ast.Starred():
                return self.evaluate(node.value, frame, states)
            case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                yes, no, raises = self.condition(node, frame, states)
                return {True: yes, False: no}, raises
            case ast.IfExp():
                return self._either(node, frame, states)
            case ast.Yield() if frame.within:
                return frame.within(states)
        split, raises = self._parts(node, frame, states)
        if isinstance(node, ast.Subscript):
            raises = {**raises, "error": raises.get("error", NONE) | states}
        return {truth_of(node, frame): merged(split)}, raises

    def _either(
        self, node: ast.IfExp, frame: Frame, states: States
    ) -> tuple[Split, dict[str, States]]:
        """Follow `a if test else b`."""
        yes, no, raises = self.condition(node.test, frame, states)
        outcome = Outcome(raises=raises)
        split: Split = {}
        for part, taken in ((node.body, yes), (node.orelse, no)):
            one, thrown = self.evaluate(part, frame, taken)
            outcome.throw(thrown)
            for truth, found in one.items():
                split[truth] = split.get(truth, NONE) | found
        return split, outcome.raises
