"""What `async with` does with the connection that its object was made with."""

from __future__ import annotations

import ast

from holdfast.check.code.kinds import Function, Instance, inference
from holdfast.check.code.module import Module, own_nodes, walk
from holdfast.check.flow.calls import DEEPEST, Calls, Frame, holds_socket
from holdfast.check.flow.changes import by_unknown, unknown
from holdfast.check.flow.state import Outcome, States, few

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
