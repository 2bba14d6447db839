"""The port between the keeper and a broker: what the author of a driver writes.

A driver has no retry, no queue, no clock and no task: the keeper has them, once for all brokers.
Whatever a method raises means that the broker is away, and the keeper closes the driver and
connects again; ``BrokerRefused`` means that no retry will mend it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from holdfast.backplane.port import HistoryPage, Keeps, Message, Position, Publication, Rule


class BrokerRefused(Exception):
    """A wrong password, a version that is too old: a sentence that says what to do."""


class Outgoing(NamedTuple):
    """A message to publish. ``publisher`` and ``number`` are its id.

    The broker takes the numbers of a publisher in rising order: one that it has had is answered as
    before, one below its last that it has not had comes too late and is dropped. Number 0 is a
    beat: it is delivered, if the broker can write, and noted nowhere.
    """

    channel: str
    message: Message
    publisher: str
    number: int
    history: Keeps


class Query(NamedTuple):
    """What to read of a channel.

    ``known``: the position of a log that was followed; what came after it is asked for. If the
    broker's log does not contain it, it is another log: the broker gives it a new epoch, which all
    others will see, and answers with its newest. ``since``: the same for what a client says, which
    must not have that consequence, and with the oldest. ``reverse``: the newest first.
    """

    channel: str
    history: Keeps
    known: Position | None = None
    since: Position | None = None
    limit: int = 0
    reverse: bool = False
    bytes: int = 0
    """0, or after how many no further publication is wanted: the answer is shorter then."""


Receive = Callable[[str, str, str, Publication], None]
"""``receive(channel, epoch, before, publication)``: ``before`` is the tag at the offset before."""


class Driver(Protocol):
    """One broker, as one process uses it: an ordered connection to ask, and one to listen."""

    name: str
    """The broker and its address, for sentences: never with a password."""

    async def connect(self, rules: Sequence[Rule]) -> None:
        """Connect, and store the rules in the broker."""

    async def listen(self, receive: Receive) -> None:
        """Hand on what comes for subscribed channels, until the connection breaks."""

    async def subscribe(self, channels: Sequence[str]) -> None:
        """Returns when the broker has confirmed all of them. Runs beside ``listen``."""

    async def unsubscribe(self, channels: Sequence[str]) -> None:
        """The same for the end."""

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Position | Exception]:
        """Publish in this order, in one go; an answer for each. Exceptions: what is refused."""

    async def read(self, queries: Sequence[Query]) -> Sequence[HistoryPage | Exception]:
        """The logs of these channels, in one go. Exceptions: what concerns only that one."""

    async def close(self) -> None:
        """Let go of everything, also in the middle of a call. Never raises, never waits for the
        broker."""
