"""What is counted, and what users are told of it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec


class Stats(msgspec.Struct):
    """Counters of one event loop, since it started."""

    opened: int = 0
    published: int = 0
    missed: int = 0
    closed: Counter[int] = msgspec.field(default_factory=Counter)


class Statistics(msgspec.Struct, frozen=True):
    """What ``hf.statistics()`` returns; counters run since the process started."""

    connections: int
    channels: int
    opened: int
    published: int
    delivered: int
    """Messages written to connections: one for each subscriber of a publication."""
    missed: int
    aborted: int
    memory: int
    """Bytes in rings, folds and outboxes, these as they were within the last half second."""
    shed: int
    """Connections that the memory budget has closed."""
    trimmed: int
    """Publications that it has taken from what channels keep."""
    backplane: bool
    """Whether the broker can be reached."""
    outages: int
    """How often it could not."""
    waiting: int
    """Publications that wait for it."""


class Member(msgspec.Struct, frozen=True):
    """One user who is subscribed to a channel, as ``hf.presence()`` returns them."""

    user: Any
    """``conn.user`` of its connections; None for those that have none."""
    connections: int


def members(users: Iterable[Any]) -> list[Member]:
    """Each of the users once, with the number of times; equal ones are one."""
    found: dict[Any, tuple[Any, int]] = {}
    for user in users:
        key = _key(user)
        first, count = found.get(key, (user, 0))
        found[key] = (first, count + 1)
    return [Member(user, count) for user, count in found.values()]


def _key(user: Any) -> Any:
    """Something to look it up by: a dict or a model that cannot be hashed is what it shows."""
    try:
        hash(user)
    except TypeError:
        return type(user), repr(user)
    return user
