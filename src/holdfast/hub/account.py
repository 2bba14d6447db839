"""The account of one event loop: the bytes that its logs keep, always exact.

What a publication takes was measured (CPython 3.11, 64 bits): ``size_of`` counts its data and 64
bytes; the constants here are what it takes beside that in each place where it may be.
"""

import sys

ENTRY = 112  # in a ring: the object, its offset and time, the head of its data, its place
KEYED = 176  # in a fold by key: the same, and a place in a dictionary
MESSAGE = 200  # in a rendered batch: a message, its place, and what an envelope adds

NEVER = sys.maxsize


class Account:
    """``kept`` bytes; who adds looks at ``mark``, above which the budget wants to be asked."""

    __slots__ = ("kept", "mark")

    def __init__(self) -> None:
        self.kept = 0
        self.mark = NEVER
