"""How states change around a call, and what is possible in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.flow.state import Facts, State, States

# Conditions that are told apart across a call.
GROUPS = 4
RAW = {"accept": "accept", "close": "close", "send": "send", "start": "deny", "body": "deny"}


def leaving(states: States) -> States:
    """Give the states in which the client is seen to have left."""
    return frozenset(one.left() for one in states)


def unknown(state: State) -> State:
    """Give a state after something unknown had the connection."""
    return State(state.accepted or None, state.closed or None, state.gone, state.facts)


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
        )
        for one in before
    )


def by_facts(states: States) -> list[tuple[Facts, States]]:
    """Group states by their conditions, which a helper does not know; give the rest of them."""
    groups: dict[Facts, set[State]] = {}
    for one in states:
        groups.setdefault(one.facts, set()).add(one.given(frozenset()))
    if len(groups) > GROUPS:
        return [(frozenset(), frozenset(one for group in groups.values() for one in group))]
    return [(facts, frozenset(group)) for facts, group in groups.items()]


def with_facts(states: States, facts: Facts) -> States:
    """Put back the conditions that hold around a call."""
    return frozenset(one.given(facts) for one in states)


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


def shelved(states: States, hide: str, show: str) -> States:
    """Put conditions away under a mark, and take back those that lie under another one.

    A block and the generator around it have names of their own.
    """
    return frozenset(one.given(frozenset(swap(one, hide, show))) for one in states)


def swap(state: State, hide: str, show: str) -> Iterator[tuple[str, bool]]:
    """Spell the conditions of a state after some were put away, and others taken back."""
    for text, value in state.facts:
        mark, _, rest = text.partition(":")
        if mark == show:
            yield bytes.fromhex(rest).decode(), value
        elif text[0] in "<>@":
            yield text, value
        else:
            yield f"{hide}:{text.encode().hex()}", value
