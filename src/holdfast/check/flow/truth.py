"""The truth of expressions: states are told apart by it, and names learn it."""

from __future__ import annotations

import ast

from holdfast.check.flow.changes import renamed
from holdfast.check.flow.frame import Frame
from holdfast.check.flow.state import NEW, Split, State, States, few

DISPLAYS = ast.Dict | ast.List | ast.Set | ast.Tuple | ast.JoinedStr


def truth_of(node: ast.expr, frame: Frame) -> bool | None:
    """Tell whether an expression is true, as far as its text tells.

    `None, None`, which a helper returns for "nothing", counts as false.
    """
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.Tuple) and all(map(is_nothing, node.elts)):
        return False
    if isinstance(node, DISPLAYS):
        return has_children(node)
    return True if frame.owns(node) else None


def is_nothing(node: ast.expr) -> bool:
    """Tell whether an expression is None, False or the like."""
    return isinstance(node, ast.Constant) and not node.value


def has_children(node: ast.AST) -> bool:
    """Tell whether a display has any elements."""
    return any(isinstance(one, ast.expr) for one in ast.iter_child_nodes(node))


def merged(split: Split) -> States:
    """Give the states after an expression, whatever it was."""
    if len(split) == 1:
        return few(*split.values())
    return few(state for states in split.values() for state in states)


def assign(split: Split, name: str) -> States:
    """Give a name the value of an expression, as far as its truth is known."""
    return few(
        called(one.without(name), name)
        if truth is None
        else called(one.without(name), name).learns(name, truth)
        for truth, states in split.items()
        for one in states
    )


def called(state: State, name: str) -> State:
    """Give a name to an object that was just made."""
    new = renamed(state.facts, NEW, name)
    if not new:
        return state
    return state.given(new | {one for one in state.facts if not one[0].startswith(f"{NEW}.")})


def unpack(split: Split, names: list[str]) -> States:
    """Give several names their values; of `return None, None` they are known."""
    found: list[State] = []
    for truth, states in split.items():
        for one in states:
            for name in names:
                one = one.without(name)
                if truth is False:
                    one = one.learns(name, False)
            found.append(one)
    return few(found)


def forget(states: States, name: str) -> States:
    """Forget what was known of a name."""
    return frozenset(one.without(name) for one in states)
