"""Collections that are empty, or of a few, most of the time: a hundred thousand idle channels have
several each. An empty dictionary takes 64 bytes, and one that has been used 232."""

from collections.abc import Collection
from types import MappingProxyType
from typing import Any, TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")

FEW = 4  # that a tuple may hold: looking through them takes no longer than hashing

NONE = cast("dict[Any, Any]", MappingProxyType({}))  # so that nobody writes into it


def with_one(members: Collection[K], one: K) -> Collection[K]:
    """The members and this one, in the order in which they came."""
    if isinstance(members, dict):
        members[one] = None
        return members
    if one in members:
        return members
    return (*members, one) if len(members) < FEW else dict.fromkeys((*members, one))


def without(members: Collection[K], one: K) -> Collection[K]:
    """The members but this one."""
    if isinstance(members, dict):
        members.pop(one, None)
        return members or ()
    return tuple([other for other in members if other is not one])


def with_item(items: dict[K, V], key: K, value: V) -> dict[K, V]:
    """The same items and this one, which is the last if it is new."""
    if not items:
        return {key: value}
    items[key] = value
    return items


def without_item(items: dict[K, V], key: K) -> dict[K, V]:
    """The same items but the one with this key."""
    if items:
        items.pop(key, None)
    return items or NONE
