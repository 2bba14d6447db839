"""The states of a connection on the paths through an endpoint, and the events on them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar

from holdfast.check.code.module import FunctionNode, Module

# More states than this are told apart by what is done alone, and no longer by conditions.
MANY = 48


Facts = frozenset[tuple[str, bool]]


class Aside(NamedTuple):
    """What holds elsewhere: around a block, in the generator that is its context manager.

    `way` is how the block was left, once it was: `after`, `break`, `continue` or `return`, and of
    that the truth of what is returned.
    """

    facts: Facts
    way: tuple[str, bool | None] = ("after", None)


class State(NamedTuple):
    """What is known on one path. None stands for: an unknown helper may have done it.

    `gone` tells that the client was seen to leave, or that a task beside may have seen it. `facts`
    are the conditions that hold on this path, by their text; `aside` are those of who is around,
    the nearest first, which has names of its own.
    """

    accepted: bool | None = False
    closed: bool | None = False
    gone: bool = False
    facts: Facts = frozenset()
    aside: tuple[Aside, ...] = ()

    def without(self, name: str) -> State:
        """Forget the conditions that a name is part of, as it is given another value."""
        if not any(name in one[0] for one in self.facts):
            return self
        return self.given(frozenset(one for one in self.facts if not mentions(one[0], name)))

    def aged(self) -> State:
        """Forget the conditions that anybody may change meanwhile: those about attributes.

        What was true when it was closed stays so: nothing is opened again.
        """
        if self.closed or not any("." in one[0] for one in self.facts):
            return self
        return self.given(frozenset(one for one in self.facts if "." not in one[0]))

    def knows(self, text: str) -> bool | None:
        """Tell what is known of a condition."""
        for known, value in self.facts:
            if known == text:
                return value
        return None

    def learns(self, text: str, value: bool) -> State:
        """Note a condition."""
        return self if (text, value) in self.facts else self.given(self.facts | {(text, value)})

    def given(self, facts: Facts) -> State:
        """Have other conditions hold."""
        # `_replace` takes five times as long, and there are many states.
        return State(self.accepted, self.closed, self.gone, facts, self.aside)

    def left(self) -> State:
        """Have the client be seen to leave."""
        if self.gone:
            return self
        return State(self.accepted, self.closed, True, self.facts, self.aside)


@lru_cache(1024)
def mentions(condition: str, name: str) -> bool:
    """Tell whether a name is part of a condition."""
    return re.search(rf"\b{re.escape(name)}\b", condition) is not None


States = frozenset[State]
# The states after an expression, by its truth.
Split = dict[bool | None, States]
Key = TypeVar("Key")
NONE: States = frozenset()
# What an object is called in conditions before it has a name.
NEW = "new()"
# What the values of a tuple that is returned are called in conditions, until they have names.
ITEM = "#"


def few(states: Iterable[State]) -> States:
    """Keep the number of states small: too many lose their conditions."""
    found = frozenset(states)
    if len(found) <= MANY:
        return found
    return frozenset(one.given(frozenset()) for one in found)


@dataclass(slots=True)
class Outcome:
    """With which states a piece of code is left, and how.

    `raises` is by the name of the exception: `disconnect` (a receive that finds the client gone),
    `lost` (a send that does), `error` (anything else that is not named).
    """

    after: States = NONE
    breaks: States = NONE
    continues: States = NONE
    returns: dict[bool | None, States] = field(default_factory=dict)
    raises: dict[str, States] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Take over how another piece is left, but for where it goes on."""
        self.breaks |= other.breaks
        self.continues |= other.continues
        join(self.returns, other.returns)
        self.throw(other.raises)

    def throw(self, raises: dict[str, States]) -> None:
        """Add exceptions."""
        join(self.raises, raises)


def join(known: dict[Key, States], more: dict[Key, States]) -> None:
    """Add states to those of the same kind."""
    for key, states in more.items():
        before = known.get(key)
        # Mostly nothing is new: the same is found again on the next turn of a loop.
        if before is None or not states <= before:
            known[key] = few(before | states if before else states)


@dataclass(slots=True)
class Event:
    """Something done with the connection, and all states in which it may be before.

    `node` stands in the endpoint; `inner` is the same or, within a helper, the place there, which
    is in `module` and `function`. `detail` names the exception of a `raise`. The operations are
    those of sockets.OPERATIONS, and `escape`, `raise`, `return` and `end` (of the endpoint itself).
    `concurrent` tells that it is done in a task beside, `site` where the helper was called.
    """

    operation: str
    node: ast.AST
    inner: ast.AST
    module: Module
    function: FunctionNode
    concurrent: bool
    states: States = NONE
    detail: str = ""
    site: tuple[ast.AST, Module] | None = None


@dataclass(slots=True)
class Trace:
    """All events of an endpoint, in the order of its paths, and what leaves it.

    `raises` tells which exceptions nobody catches; `complete` is false where the endpoint was too
    large to follow: then there are no events.
    """

    events: list[Event]
    raises: dict[str, States]
    complete: bool = True

    def of(self, *operations: str) -> list[Event]:
        """Give the events of these operations."""
        return [one for one in self.events if one.operation in operations]
