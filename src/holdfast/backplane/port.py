"""The port between the hub and a backplane: what travels, and what a backplane must do."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import msgspec

OVERHEAD = 64  # bytes accounted to a publication beside its data


class Json(bytes):
    """JSON text, encoded once by the publisher and never parsed on its way."""

    __slots__ = ()


Data = str | bytes | Json
Tags = tuple[tuple[str, str], ...]


class Position(NamedTuple):
    """A place in a channel's log: everything up to ``offset`` of this ``epoch`` has been seen.

    Offsets count from 1 without holes; a log that started anew has another epoch, and no offset
    of the old one means anything in it.
    """

    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.offset}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Read what ``str()`` wrote. Raises ``ValueError`` for anything else."""
        epoch, separator, offset = text.rpartition("-")
        # 18 digits: int() of a very long string raises, or takes long, at a stranger's wish
        if not epoch or not (offset.isascii() and offset.isdigit() and len(offset) <= 18):
            raise ValueError(f"{text[:80]!r} is not a position: expected EPOCH-OFFSET")
        return cls(epoch, int(offset))


def size_of(data: Data) -> int:
    """Bytes that data is accounted with; what text takes in memory where it is not ASCII."""
    if isinstance(data, str) and not data.isascii():
        return data.__sizeof__() + OVERHEAD
    return len(data) + OVERHEAD


class Message(msgspec.Struct, frozen=True, gc=False):
    """What a publisher hands over: a publication that has no offset yet."""

    data: Data
    key: str | None = None
    tags: Tags = ()

    @property
    def size(self) -> int:
        """Bytes this message will be accounted with."""
        return size_of(self.data)


class Publication(msgspec.Struct, frozen=True, gc=False):
    """One entry of a log. ``time`` is seconds since 1970, set by the backplane."""

    offset: int
    data: Data
    key: str | None = None
    tags: Tags = ()
    time: float = 0.0

    @property
    def size(self) -> int:
        """Bytes this publication is accounted with."""
        return size_of(self.data)


Deliver = Callable[[str, str, Publication], None]
"""``deliver(channel, epoch, publication)``: called on the loop that started the backplane."""


class Backplane(Protocol):
    """Carries publications to every process that watches their channel, this one included.

    There is one delivery path: ``publish`` never hands anything to subscribers itself. One object
    serves one event loop.
    """

    def start(self, deliver: Deliver) -> None:
        """Begin to deliver, on the running loop."""

    async def watch(self, channel: str) -> Position:
        """From now on deliver this channel; returns where its log stands."""

    def unwatch(self, channel: str) -> None:
        """Nobody here needs the channel any more."""

    async def publish(self, channel: str, message: Message) -> Position:
        """Accept a message; returns its position. Says nothing of who has received it."""

    def publish_nowait(self, channel: str, message: Message) -> None:
        """The same without waiting for the backplane's answer."""

    async def close(self) -> None:
        """Stop delivering and let go of everything."""
