"""The states of a connection on the paths through an endpoint, and the events on them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from holdfast.check.code.module import FunctionNode, Module

# More states than this are told apart by what is done alone, and no longer by conditions.
MANY = 48


class State(NamedTuple):
    """What is known on one path. None stands for: an unknown helper may have done it.

    `gone` tells that the client was seen to leave, or that a task beside may have seen it. `facts`
    are the conditions that hold on this path, by their text.
    """

    accepted: bool | None = False
    closed: bool | None = False
    gone: bool = False
    facts: frozenset[tuple[str, bool]] = frozenset()

    def without(self, name: str) -> State:
        """Forget the conditions that a name is part of, as it is given another value."""
        if not self.facts:
            return self
        word = re.compile(rf"\b{re.escape(name)}\b")
        return self._replace(facts=frozenset(one for one in self.facts if not word.search(one[0])))

    def aged(self) -> State:
        """Forget the conditions that anybody may change meanwhile: those about attributes."""
        return self._replace(facts=frozenset(one for one in self.facts if "." not in one[0]))

    def knows(self, text: str) -> bool | None:
        """Tell what is known of a condition."""
        return next((value for known, value in self.facts if known == text), None)

    def learns(self, text: str, value: bool) -> State:
        """Note a condition."""
        return self._replace(facts=self.facts | {(text, value)})


States = frozenset[State]
NONE: States = frozenset()


def few(states: Iterable[State]) -> States:
    """Keep the number of states small: too many lose their conditions."""
    found = frozenset(states)
    if len(found) <= MANY:
        return found
    return frozenset(one._replace(facts=frozenset()) for one in found)


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
        for truth, states in other.returns.items():
            self.returns[truth] = few(self.returns.get(truth, NONE) | states)
        self.throw(other.raises)

    def throw(self, raises: dict[str, States]) -> None:
        """Add exceptions."""
        for name, states in raises.items():
            self.raises[name] = few(self.raises.get(name, NONE) | states)


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
