"""What a condition tells about the state of a connection."""

from __future__ import annotations

import ast
from typing import NamedTuple

from holdfast.check.code.constants import text_of
from holdfast.check.code.module import Module, walk
from holdfast.check.flow.changes import leaving
from holdfast.check.flow.state import State, States

STATES = {"client_state", "application_state"}
MEMBERS = {"CONNECTED", "DISCONNECTED", "CONNECTING"}


class Condition(NamedTuple):
    """What a condition asks: of a socket's state, of a message, for a text in it, or else.

    One that calls and awaits nothing may be remembered; `text` is its normal form then, which
    holds, or does not, if the condition is true.
    """

    state: tuple[str, bool] | None
    message: tuple[bool, bool] | None
    has_text: bool | None
    text: str
    holds: bool
    looks_up: bool


def read(test: ast.expr, module: Module) -> Condition:
    """Read a condition, once, however many paths come by."""
    kept: dict[ast.AST, Condition] = module.notes.setdefault("conditions", {})
    if test not in kept:
        text, holds = normal(test) if is_pure(test) else ("", True)
        kept[test] = Condition(
            compared_state(test, module),
            compared_message(test, module),
            asked_for_text(test),
            text,
            holds,
            any(isinstance(one, ast.Subscript) for one in walk(test)),
        )
    return kept[test]


def divide(test: ast.expr, states: States, module: Module) -> tuple[States, States] | None:
    """Divide states by a condition; None for one that has to be evaluated first."""
    if isinstance(test, ast.Constant):
        return (states, frozenset()) if test.value else (frozenset(), states)
    condition = read(test, module)
    if condition.state:
        return by_state(states, *condition.state)
    if condition.message:
        return by_message(states, *condition.message)
    if condition.has_text is not None and any(one.gone for one in states):
        return by_message(states, False, condition.has_text)
    text = condition.text
    if not text:
        return None
    yes = frozenset(one.learns(text, True) for one in states if one.knows(text) is not False)
    no = frozenset(one.learns(text, False) for one in states if one.knows(text) is not True)
    return (yes, no) if condition.holds else (no, yes)


def normal(test: ast.expr) -> tuple[str, bool]:
    """Bring a condition into one form: `x is not None` and `x` are told by x being true."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        other = test.comparators[0]
        if isinstance(other, ast.Constant) and (other.value is None or other.value is False):
            if isinstance(test.ops[0], ast.Is | ast.Eq):
                return ast.unparse(test.left), False
            if isinstance(test.ops[0], ast.IsNot | ast.NotEq):
                return ast.unparse(test.left), True
        if isinstance(other, ast.Constant) and other.value is True:
            if isinstance(test.ops[0], ast.Is | ast.Eq):
                return ast.unparse(test.left), True
    return ast.unparse(test), True


def is_pure(test: ast.expr) -> bool:
    """Tell whether a condition may be remembered: it calls and awaits nothing."""
    return not any(
        isinstance(one, ast.Call | ast.Await | ast.NamedExpr | ast.Yield) for one in walk(test)
    )


def compared_state(test: ast.expr, module: Module) -> tuple[str, bool] | None:
    """Read `ws.client_state == WebSocketState.CONNECTED`: the member, and whether it is equal.

    `ws.client_state.CONNECTED` is always true, but this is what it is meant for.
    """
    if isinstance(test, ast.Attribute) and isinstance(test.value, ast.Attribute):
        return (test.attr, True) if test.value.attr in STATES and test.attr in MEMBERS else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    sides = [test.left, test.comparators[0]]
    asked = [one for one in sides if is_state(one)]
    members = [member_of(one) for one in sides if one not in asked]
    if not asked or not members or members[0] not in MEMBERS:
        return None
    return members[0], isinstance(test.ops[0], ast.Eq | ast.Is)


def is_state(node: ast.expr) -> bool:
    """Tell whether an expression is a socket's state: plain, by its name, or with `getattr`."""
    match node:
        case ast.Attribute(attr="name" | "value", value=ast.Attribute(attr=attr)):
            return attr in STATES
        case ast.Attribute(attr=attr):
            return attr in STATES
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=name), *_]):
            return name in STATES
    return False


def member_of(node: ast.expr) -> str:
    """Name the state that a socket's is compared with: `WebSocketState.CONNECTED`, or its name."""
    match node:
        case ast.Attribute(attr="name" | "value", value=ast.Attribute(attr=attr)):
            return attr
        case ast.Attribute(attr=attr):
            return attr
        case ast.Constant(value=str(text)):
            return text
    return ""


def compared_message(test: ast.expr, module: Module) -> tuple[bool, bool] | None:
    """Read `message["type"] == "websocket.disconnect"`: is it this type, and is it equal to it?"""
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.args:
        ending = test.args[0].value if isinstance(test.args[0], ast.Constant) else ""
        is_asked = test.func.attr == "endswith" and ending in {"disconnect", "receive"}
        return (ending == "disconnect", True) if is_asked else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    if isinstance(test.ops[0], ast.In | ast.NotIn):
        among = getattr(test.comparators[0], "elts", [])
        is_end = any(text_of(one, module) == "websocket.disconnect" for one in among)
        return (True, isinstance(test.ops[0], ast.In)) if is_end else None
    sides = (test.left, *test.comparators)
    texts = [text for one in sides if (text := text_of(one, module))]
    if not texts or texts[0] not in {"websocket.disconnect", "websocket.receive"}:
        return None
    return texts[0] == "websocket.disconnect", isinstance(test.ops[0], ast.Eq | ast.Is)


def asked_for_text(test: ast.expr) -> bool | None:
    """Read `"text" in message` and `message.get("text") is not None`: is there one, or none?"""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        is_key = isinstance(test.left, ast.Constant) and test.left.value in {"text", "bytes"}
        if is_key and isinstance(test.ops[0], ast.In | ast.NotIn):
            return isinstance(test.ops[0], ast.In)
        is_none = ast.unparse(test.comparators[0]) == "None"
        if is_none and asked_for_text(test.left) and isinstance(test.ops[0], ast.Is | ast.IsNot):
            return isinstance(test.ops[0], ast.IsNot)
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.args:
        key = test.args[0]
        is_key = isinstance(key, ast.Constant) and key.value in {"text", "bytes"}
        return True if test.func.attr == "get" and is_key else None
    return None


def by_message(states: States, of_end: bool, equal: bool) -> tuple[States, States]:
    """Divide states by what type of message `receive()` has given."""
    ended = leaving(states)
    going = frozenset(one for one in states if not one.gone) or states
    return (ended, going) if of_end == equal else (going, ended)


def by_pattern(
    states: States, subject: ast.expr, pattern: ast.pattern, module: Module
) -> tuple[States, States]:
    """Divide states by a pattern for a message or its type, or for a socket's state."""
    is_state = isinstance(subject, ast.Attribute) and subject.attr in STATES
    for one in walk(pattern):
        if isinstance(one, ast.expr) and text_of(one, module) == "websocket.disconnect":
            return by_message(states, True, True)
        if is_state and isinstance(one, ast.Attribute) and one.attr in MEMBERS:
            return by_state(states, one.attr, True)
    return states, states


def by_state(states: States, member: str, equal: bool) -> tuple[States, States]:
    """Divide states by a comparison of `client_state` or `application_state`."""
    is_it = {"CONNECTED": connected, "DISCONNECTED": ended, "CONNECTING": waiting}[member]
    is_not = {"CONNECTED": not_connected, "DISCONNECTED": not_ended, "CONNECTING": started}[member]
    yes = frozenset(one for one in states if is_it(one))
    no = frozenset(one for one in states if is_not(one))
    return (yes, no) if equal else (no, yes)


def connected(state: State) -> bool:
    """Tell whether a connection may be open."""
    return state.closed is not True and state.accepted is not False


def not_connected(state: State) -> bool:
    """Tell whether it may not be open, or no longer."""
    return state.closed is not False or state.gone or state.accepted is not True


def ended(state: State) -> bool:
    """Tell whether it may be closed."""
    return state.closed is not False or state.gone


def not_ended(state: State) -> bool:
    """Tell whether it may not be closed yet."""
    return state.closed is not True


def waiting(state: State) -> bool:
    """Tell whether it may not be accepted yet."""
    return state.accepted is not True


def started(state: State) -> bool:
    """Tell whether it may be accepted."""
    return state.accepted is not False
