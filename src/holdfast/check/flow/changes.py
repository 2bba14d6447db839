"""How states change around a call, and what is possible in them."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from holdfast.check.flow.state import ITEM, Aside, Facts, State, States

# Conditions that are told apart across a call.
GROUPS = 4
RAW = {"accept": "accept", "close": "close", "send": "send", "start": "deny", "body": "deny"}


def leaving(states: States) -> States:
    """Give the states in which the client is seen to have left."""
    return frozenset(one.left() for one in states)


def unknown(state: State) -> State:
    """Give a state after something unknown had the connection."""
    accepted, closed = state.accepted or None, state.closed or None
    return State(accepted, closed, state.gone, state.facts, state.aside)


def by_unknown(split: dict[bool | None, States]) -> dict[bool | None, States]:
    """Give states, by what is returned, after something unknown had the connection."""
    return {truth: frozenset(map(unknown, found)) for truth, found in split.items()}


def beside(before: States, after: States) -> States:
    """Give the states while a task runs beside: what it does may be done, or not yet."""
    accepts = any(one.accepted is not False for one in after)
    closes = any(one.closed is not False for one in after)
    leaves = any(one.gone for one in after)
    return frozenset(
        State(
            None if accepts and one.accepted is False else one.accepted,
            None if closes and one.closed is False else one.closed,
            one.gone or leaves,
            one.facts,
            one.aside,
        )
        for one in before
    )


def by_facts(states: States, name: str = "") -> list[tuple[Facts, States]]:
    """Group states by their conditions, which a helper does not know; give the rest of them.

    Of too many groups those conditions are kept that are about the object whose method is called.
    """
    groups = grouped(states)
    if len(groups) > GROUPS and name:
        groups = grouped(one.given(renamed(one.facts, name, name)) for one in states)
    if len(groups) > GROUPS:
        return [(frozenset(), frozenset(one for group in groups.values() for one in group))]
    return [(facts, frozenset(group)) for facts, group in groups.items()]


def grouped(states: Iterable[State]) -> dict[Facts, set[State]]:
    """Group states by their conditions."""
    groups: dict[Facts, set[State]] = {}
    for one in states:
        groups.setdefault(one.facts, set()).add(one.given(frozenset()))
    return groups


def with_facts(states: States, facts: Facts) -> States:
    """Put back the conditions that hold around a call."""
    return frozenset(one.given(facts) for one in states)


def renamed(facts: Facts, name: str, other: str) -> Facts:
    """Give the conditions about an object's attributes under another name of the object."""
    head = f"{name}."
    return frozenset(
        (other + text[len(name) :], value) for text, value in facts if text.startswith(head)
    )


def after_method(states: States, facts: Facts, own: str, outer: str) -> States:
    """Put back the conditions around a call of a method; those about its object are its own."""
    if not own:
        return with_facts(states, facts)
    rest = frozenset(one for one in facts if not one[0].startswith(f"{outer}."))
    return frozenset(one.given(rest | renamed(one.facts, own, outer)) for one in states)


def after_several(states: States, facts: Facts, own: str, outer: str) -> States:
    """Put back the conditions around a call of what returns several values, which are told of."""
    return frozenset(
        after.given(after.facts | {each for each in one.facts if each[0].startswith(ITEM)})
        for one in states
        for after in after_method(frozenset({one}), facts, own, outer)
    )


def without_items(state: State) -> State:
    """Forget the conditions about what was returned: it has names now."""
    if not any(text.startswith(ITEM) for text, _ in state.facts):
        return state
    return state.given(frozenset(one for one in state.facts if not one[0].startswith(ITEM)))


def allows(state: State, operation: str) -> bool:
    """Tell whether an operation may succeed in a state; no path goes on from one that cannot."""
    if operation == "raw_receive":
        return True
    if operation in {"accept", "deny"}:
        return not state.closed and not state.accepted
    return not state.closed and (operation == "close" or state.accepted is not False)


def raw_operation(node: ast.Call) -> str:
    """Tell what `send()` is given, if it is written there: `{"type": "websocket.accept"}`."""
    message = node.args[0] if node.args else None
    if not isinstance(message, ast.Dict):
        return "raw_send"
    for key, value in zip(message.keys, message.values, strict=True):
        if (
            isinstance(key, ast.Constant)
            and key.value == "type"
            and isinstance(value, ast.Constant)
        ):
            return RAW.get(str(value.value).rpartition(".")[2], "raw_send")
    return "raw_send"


def put_aside(state: State) -> State:
    """Go into the generator that stands around a block: its names are others."""
    return state._replace(facts=frozenset(), aside=(Aside(state.facts), *state.aside))


def exchanged(state: State, way: tuple[str, bool | None] = ("after", None)) -> State:
    """Go from the generator to its block, or back when the block was left in some way."""
    nearest, *others = state.aside
    return state._replace(facts=nearest.facts, aside=(Aside(state.facts, way), *others))


def taken_back(state: State) -> State:
    """Come back from the generator that stood around a block."""
    return state._replace(facts=state.aside[0].facts, aside=state.aside[1:])
