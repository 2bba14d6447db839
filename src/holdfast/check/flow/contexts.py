"""What `async with` does with the connection that its object was made with."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from holdfast.check.code.calls import arguments, callee
from holdfast.check.code.kinds import Function, Instance, inference
from holdfast.check.code.module import Module, own_nodes, walk
from holdfast.check.flow.calls import DEEPEST, Calls, holds_socket
from holdfast.check.flow.changes import by_unknown, exchanged, put_aside, taken_back, unknown
from holdfast.check.flow.frame import Frame
from holdfast.check.flow.state import NONE, Outcome, Split, State, States, few

MANAGERS = {"contextlib.asynccontextmanager", "contextlib.contextmanager"}
ENTERS = ("__aenter__", "__enter__")
LEAVES = ("__aexit__", "__exit__")


def enter(
    node: ast.expr, frame: Frame, states: States, calls: Calls
) -> tuple[States, dict[str, States]]:
    """Follow the start of a block; what is not seen to accept there may do so all the same."""
    if not frame.has_made(node):
        return states, {}
    helper = method(node, ENTERS, frame.module)
    if helper and calls_nothing(helper):
        return states, {}
    if helper is None or frame.depth >= DEEPEST or not holds_socket(helper):
        return frozenset(map(unknown, states)), {"error": states}
    call = ast.Call(node, [], [])
    split, raises = calls.inline(call, helper, frame, states, Outcome(), place=node)
    after = (one for found in split.values() for one in found)
    return few(one._replace(accepted=one.accepted or None) for one in after), raises


def leave(node: ast.expr, frame: Frame, inner: Outcome) -> Outcome:
    """Follow the end of a block: what is done there, and on which way out, is not known."""
    if not frame.has_made(node):
        return inner
    helper = method(node, LEAVES, frame.module)
    if helper and calls_nothing(helper) and not may_swallow(helper):
        return inner
    ended = Outcome(
        after=frozenset(map(unknown, inner.after)),
        breaks=frozenset(map(unknown, inner.breaks)),
        continues=frozenset(map(unknown, inner.continues)),
        returns=by_unknown(inner.returns),
        raises={name: frozenset(map(unknown, one)) for name, one in inner.raises.items()},
    )
    if helper is None or may_swallow(helper):
        ended.after = few(ended.after.union(*ended.raises.values()))
    return ended


def method(node: ast.expr, names: tuple[str, ...], module: Module) -> Function | None:
    """Find the first of these methods that an object has in the project's text."""
    infer = inference(module)
    kind = infer.kind(node, module)
    found = (infer.attribute(kind, one) for one in names) if isinstance(kind, Instance) else ()
    return next((one for one in found if isinstance(one, Function)), None)


def calls_nothing(helper: Function) -> bool:
    """Tell whether a method calls nothing at all."""
    return not any(isinstance(one, ast.Call) for one in walk(helper.node))


def may_swallow(helper: Function) -> bool:
    """Tell whether an `__aexit__` may keep an exception from going on."""
    values = (one.value for one in own_nodes(helper.node) if isinstance(one, ast.Return))
    return any(
        value is not None and not (isinstance(value, ast.Constant) and not value.value)
        for value in values
    )


# -- generators that are written as context managers -----------------------------------------------


class Around(NamedTuple):
    """A block within a generator: the call that makes it, and who follows the block."""

    helper: Function
    call: ast.Call
    frame: Frame
    block: Callable[[States], Outcome]


def generator_of(made: ast.expr, frame: Frame) -> Function | None:
    """Find the generator with one `yield` whose text stands around the block of a `with`."""
    if not isinstance(made, ast.Call) or frame.depth >= DEEPEST:
        return None
    found = callee(made, frame.module)
    if found is None or found.node is frame.function or len(found.node.decorator_list) != 1:
        return None
    if found.module.qualify(found.node.decorator_list[0]) not in MANAGERS:
        return None
    yields = [one for one in own_nodes(found.node) if isinstance(one, ast.Yield)]
    return found if len(yields) == 1 else None


def surround(around: Around, states: States, follow: Callable[[Frame, States], Outcome]) -> Outcome:
    """Follow a generator from its start to its end, and where it yields, the block."""
    helper, call, frame, block = around
    own = {name for name, value in arguments(call, helper).items() if frame.owns(value)}

    def within(inside: States) -> tuple[Split, dict[str, States]]:
        inner = block(frozenset(map(exchanged, inside)))
        after = (exchanged(one, way) for way, found in ends_of(inner) for one in found)
        raises = inner.raises.items()
        return {None: few(after)}, {name: frozenset(map(exchanged, one)) for name, one in raises}

    inner = replace(frame.into(helper, own, call), within=within)
    return apart(follow(inner, frozenset(map(put_aside, states))))


def ends_of(inner: Outcome) -> Iterator[tuple[tuple[str, bool | None], States]]:
    """Give the ways in which a block is left: after them its context manager goes on."""
    yield ("after", None), inner.after
    yield ("break", None), inner.breaks
    yield ("continue", None), inner.continues
    for truth, states in inner.returns.items():
        yield ("return", truth), states


def apart(done: Outcome) -> Outcome:
    """Tell the ways apart again in which the block was left, now that its manager has ended."""
    ended = Outcome(raises={name: back(found) for name, found in done.raises.items()})
    for one in few(state for found in done.returns.values() for state in found):
        (how, truth), left = one.aside[0].way, back((one,))
        match how:
            case "break":
                ended.breaks |= left
            case "continue":
                ended.continues |= left
            case "return":
                ended.returns[truth] = ended.returns.get(truth, NONE) | left
            case _:
                ended.after |= left
    return ended


def back(states: Iterable[State]) -> States:
    """Give states after the generator that stood around a block."""
    return frozenset(map(taken_back, states))
