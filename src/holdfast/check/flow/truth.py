"""The truth of expressions: states are told apart by it, and names learn it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from holdfast.check.flow.changes import renamed, without_items
from holdfast.check.flow.frame import Frame
from holdfast.check.flow.state import ITEM, NEW, Split, State, States, few

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


def returned(split: Split, node: ast.expr) -> Split:
    """Note what is known of each value of a tuple, for the names that a caller gives them."""
    if not isinstance(node, ast.Tuple) or not node.elts:
        return split
    return {truth: frozenset(map(by_item(node.elts), states)) for truth, states in split.items()}


def by_item(values: list[ast.expr]) -> Callable[[State], State]:
    """Give what notes of a state which of some values are known to be true or false."""

    def noted(state: State) -> State:
        for index, value in enumerate(values):
            known = bool(value.value) if isinstance(value, ast.Constant) else None
            if isinstance(value, ast.Name):
                known = state.knows(value.id)
            if known is not None:
                state = state.learns(item(index, values), known)
        return state

    return noted


def item(index: int, values: Sequence[object]) -> str:
    """Name one of several values that are returned."""
    return f"{ITEM}{index}/{len(values)}"


def unpack(split: Split, names: list[str]) -> States:
    """Give several names their values, as far as `return None, None` or the like tells them."""
    found: list[State] = []
    for truth, states in split.items():
        for one in states:
            told = one
            for index, name in enumerate(names):
                known = False if truth is False else told.knows(item(index, names))
                one = one.without(name)
                if known is not None:
                    one = one.learns(name, known)
            found.append(without_items(one))
    return few(found)


def forget(states: States, name: str) -> States:
    """Forget what was known of a name."""
    return frozenset(one.without(name) for one in states)
