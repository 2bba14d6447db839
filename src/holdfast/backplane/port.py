"""The port between the hub and a backplane: what travels, and what a backplane must do."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from holdfast.errors import BadChannel

NAME_LIMIT = 255  # characters in a channel's name
RESERVED = "holdfast:"  # the channels of streams and of hf.broadcast
OVERHEAD = 64  # bytes accounted to a publication beside its data


class Json(bytes):
    """JSON text, encoded once by the publisher and never parsed on its way."""

    __slots__ = ()


Data = str | bytes | Json
Tags = tuple[tuple[str, str], ...]


class Position(NamedTuple):
    """A place in a channel's log: everything up to ``offset`` of this ``epoch`` has been seen.

    Offsets count from 1 without holes; a log that started anew has another epoch, and no offset
    of the old one means anything in it. A broker that came back with older data counts the same
    offsets again, in the same epoch: the ``tag`` tells its publications from the lost ones. It is
    made of the id of the publication at ``offset`` and of the tag before it, so that two equal
    positions have the same publications before them. Empty where no broker can do that, and in a
    position that was put together by hand, of which the tag is not looked at.
    """

    epoch: str
    offset: int
    tag: str = ""

    def __str__(self) -> str:
        return f"{self.epoch}-{self.offset}" + (f"-{self.tag}" if self.tag else "")

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Read what ``str()`` wrote. Raises ``ValueError`` for anything else."""
        epoch, _, rest = text.partition("-")
        offset, separator, tag = rest.partition("-")
        # 18 digits: int() of a very long string raises, or takes long, at a stranger's wish
        number = offset.isascii() and offset.isdigit() and len(offset) <= 18
        if not epoch or not number or bool(separator) != bool(tag) or len(text) > 200:
            raise ValueError(
                f"{text[:80]!r} is not a position: expected EPOCH-OFFSET or EPOCH-OFFSET-TAG"
            )
        return cls(epoch, int(offset), tag)


NOWHERE = Position("", 0)
"""No place in any log: of a publication that has none (yet), and what nothing can follow."""


def check_name(name: str) -> str:
    """The name itself; ``BadChannel`` for what is no channel name of a user's."""
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LIMIT:
        raise BadChannel(f"{name!r:.80} is no channel name: expected 1 to {NAME_LIMIT} characters")
    if name.startswith(RESERVED):
        raise BadChannel(f"{name!r:.80}: names that begin with {RESERVED!r} are Holdfast's own")
    return name


def size_of(data: Data) -> int:
    """Bytes that data is accounted with; what text takes in memory where it is not ASCII."""
    if isinstance(data, str) and not data.isascii():
        return data.__sizeof__() + OVERHEAD
    return len(data) + OVERHEAD


class History(msgspec.Struct, frozen=True):
    """Keep at least ``size`` publications for ``ttl`` seconds, also while nobody is subscribed.

    >>> hf.channel("chat:{room}", history=History(size=100, ttl=300))

    The ring's bound in bytes still holds: raise ``ring`` for many large publications.
    """

    size: int = 100
    ttl: float = 300.0


Outage = Literal["raise", "buffer", "local"]
"""What ``publish`` does while the broker is away: raise ``BackplaneUnavailable``, keep the message
until the broker is back, or show it to who is subscribed in this process."""


class Message(msgspec.Struct, frozen=True, gc=False):
    """What a publisher hands over: a publication that has no offset yet.

    A message with the ``idempotency_key`` of an earlier one of the channel is that one: it is not
    published again. One with a ``version`` that is not above the channel's last is dropped.
    """

    data: Data
    key: str | None = None
    tags: Tags = ()
    idempotency_key: str | None = None
    version: int | None = None

    @property
    def size(self) -> int:
        """Bytes this message will be accounted with."""
        return size_of(self.data)

    @property
    def footprint(self) -> int:
        """The same with all that is beside the data."""
        beside = sum(len(name) + len(value) for name, value in self.tags)
        return self.size + beside + len(self.key or "") + len(self.idempotency_key or "")


class Publication(msgspec.Struct, frozen=True, gc=False):
    """One entry of a log. ``time`` is seconds since 1970, set by the backplane; ``tag`` is that of
    its position."""

    offset: int
    data: Data
    key: str | None = None
    tags: Tags = ()
    time: float = 0.0
    tag: str = ""

    @property
    def size(self) -> int:
        """Bytes this publication is accounted with."""
        return size_of(self.data)

    @property
    def value(self) -> Any:
        """What was published: JSON is read, text and bytes are themselves."""
        return msgspec.json.decode(self.data) if isinstance(self.data, Json) else self.data


class HistoryPage(msgspec.Struct, frozen=True):
    """Publications that a channel keeps.

    ``position`` is where its log stood when they were read. ``complete`` is False if the page was
    to begin after a position, and what came then is not all there (any more). ``before`` is the
    tag of the position that the oldest of them follows.
    """

    position: Position
    publications: Sequence[Publication]
    complete: bool = True
    before: str = ""


class Unknown(Enum):
    """The type of ``UNKNOWN``."""

    UNKNOWN = "what the broker's rules say"


UNKNOWN = Unknown.UNKNOWN
Keeps = History | None | Unknown
"""What a channel keeps; ``UNKNOWN`` for publishers outside, who know no options."""


class Rule(NamedTuple):
    """A pattern of channel names and what its channels keep, stored for those who know no options.

    ``literals``: the texts around its placeholders. Of several patterns the one with most literal
    text counts.
    """

    literals: Sequence[str]
    history: History | None

    def fits(self, name: str) -> bool:
        """Whether the name fits: something of any length from 1 stands for each placeholder.

        Found by looking for each text once, and not by a regular expression, which takes the
        length of a name to the power of its placeholders: clients choose names.
        """
        first, *middle = self.literals
        if not middle:
            return name == first
        last = middle.pop()
        if not name.startswith(first) or not name.endswith(last):
            return False
        at = len(first)
        for literal in middle:  # the leftmost place leaves most to the others
            at = name.find(literal, at + 1)
            if at < 0:
                return False
            at += len(literal)
        return at + 1 <= len(name) - len(last)


class Choices(Protocol):
    """What is chosen for channels: their options, as far as a backplane is concerned."""

    def choice(self, channel: str) -> tuple[Keeps, Outage]:
        """What the channel keeps, and what becomes of a publication while the broker is away."""

    def rules(self) -> Sequence[Rule]:
        """What the broker should know; of two for the same pattern the last one counts."""


class Sink(Protocol):
    """Who is told what a backplane brings. Called on the loop that started the backplane."""

    def begin(self, channel: str, page: HistoryPage) -> None:
        """A channel's log stands at ``page.position``, and these publications are its newest.

        Called when a watch begins, and again when the log could not be continued: what was between
        is lost, or it is another log.
        """

    def deliver(self, channel: str, epoch: str, publication: Publication) -> None:
        """The next publication of a channel's log."""

    def deliver_locally(self, channel: str, message: Message) -> None:
        """One that has no place in the log, because the broker is away."""


class Health(NamedTuple):
    """How a backplane is: ``away`` says why its broker cannot be reached, None that it can;
    ``outages``, how often it could not; ``waiting``, how many publications wait for it."""

    away: str | None = None
    outages: int = 0
    waiting: int = 0


class HistoryStore(Protocol):
    """A backplane that keeps histories itself. Where there is none, logs keep them."""

    async def history(
        self, channel: str, since: Position | None, limit: int, reverse: bool
    ) -> HistoryPage:
        """At most ``limit`` publications, of all or of those after ``since``.

        They come in rising order from the oldest on; in ``reverse`` from the newest on.
        """


class Backplane(Protocol):
    """Carries publications to every process that watches their channel, this one included.

    There is one delivery path: ``publish`` never hands anything to subscribers itself. One object
    serves one event loop.
    """

    store: HistoryStore | None
    """None: it delivers every channel, watched or not, and the logs here keep the histories."""

    @property
    def health(self) -> Health:
        """How it is now."""

    def start(self, sink: Sink) -> None:
        """Begin to deliver, on the running loop."""

    async def watch(self, channel: str, upto: Position | None = None) -> None:
        """Deliver this channel from now on; returns once ``sink.begin`` has been called for it.

        With ``upto``, a position that somebody was given elsewhere, not before what was published
        up to there has been delivered. Raises ``BackplaneUnavailable`` if that takes too long, and
        ``ConfigurationError`` for what no retry mends: a wrong password, a broker that is too old.
        """

    def unwatch(self, channel: str) -> None:
        """Nobody here needs the channel any more."""

    async def publish(self, channel: str, message: Message) -> Position:
        """Accept a message; returns its position. Says nothing of who has received it."""

    def publish_nowait(self, channel: str, message: Message) -> None:
        """The same without waiting for the backplane's answer."""

    async def close(self) -> None:
        """Stop delivering and let go of everything."""
