"""What one subscriber saw of one channel, in the order in which it saw it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["publication", "gap", "joined", "closed", "stray"]


class Event(NamedTuple):
    """One thing seen. ``at`` is on the clock of ``time.monotonic``, which all processes share.

    ``publication``: ``position`` and ``id`` are its own, ``sent`` is when it was published.
    ``gap``: a notice. ``joined``: the answer to a join with ``position`` (empty: from the start),
    ``complete`` is what it said. ``closed``: the connection ended with ``code``. ``stray``: came
    after the channel was left.
    """

    kind: Kind
    at: float
    position: str = ""
    id: str = ""
    sent: float = 0.0
    complete: bool = True
    code: int = 0


class Place(NamedTuple):
    """A position, read: ``EPOCH-OFFSET`` or ``EPOCH-OFFSET-TAG``."""

    epoch: str
    offset: int
    tag: str = ""

    @classmethod
    def of(cls, text: str) -> Place:
        epoch, offset, *tag = text.split("-", 2)
        return cls(epoch, int(offset), tag[0] if tag else "")


State = Literal["away", "joining", "joined", "leaving"]


class Trace:
    """The record of a channel, as a careful client keeps it.

    What comes before the answer to a join belongs to that answer: it is kept apart until then, and
    forgotten if the connection ends first, so that the next join asks from where the record ends.
    """

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.events: list[Event] = []
        self.position = ""
        self.state: State = "away"
        self._early: list[Event] = []
        self._asked = ""

    def asks(self) -> str:
        """A join begins; returns the position to ask for."""
        self.state, self._asked, self._early = "joining", self.position, []
        return self._asked

    def answered(self, at: float, complete: bool) -> None:
        """The join's answer, then what came before it."""
        self.state = "joined"
        self.events.append(Event("joined", at, self._asked, complete=complete))
        for event in self._early:
            self._append(event)
        self._early = []

    def see(self, event: Event) -> None:
        """A publication or a gap notice."""
        if self.state == "joining":
            self._early.append(event)
        elif self.state == "away":
            self.events.append(event._replace(kind="stray"))
        else:
            self._append(event)

    def left(self) -> None:
        """The answer to a leave, or to a join that was refused."""
        self.state, self._early = "away", []

    def closed(self, at: float, code: int) -> None:
        """The connection has ended."""
        self.left()
        self.events.append(Event("closed", at, code=code))

    def _append(self, event: Event) -> None:
        self.events.append(event)
        if event.kind == "publication":
            self.position = event.position
