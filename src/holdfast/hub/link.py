"""What the hub needs of a socket (``Link``) and of an encoding (``Rendering``)."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from holdfast.backplane.port import Publication

WRITE_LIMIT = 256 * 1024  # bytes of publications in one write, or one publication


class Rendering(Protocol):
    """Turns publications into what one kind of link writes. Equal ones share their batches."""

    def choose(self, publications: Sequence[Publication]) -> Sequence[Publication]:
        """What to offer of the news of one pass: all of them, or, conflated, the newest."""
        return publications

    def render(self, batch: "Batch") -> Any:
        """Called once per batch. Sets ``batch.count`` if these are not as many messages as
        publications."""


class Batch:
    """The publications ``after < offset <= upto`` of one channel, for all who stand at ``after``.

    Rendered when it is made, which is when the first of them can be given it: a slot is what
    thousands of links read fastest.
    """

    __slots__ = (
        "after",
        "channel",
        "count",
        "epoch",
        "missed",
        "payload",
        "publications",
        "rendering",
        "size",
        "upto",
    )

    payload: Any
    """The rendered publications, in the form the link understands."""

    count: int
    """How many messages they are."""

    def __init__(self, channel: str, epoch: str, rendering: Rendering, news: "News") -> None:
        self.channel = channel
        self.epoch = epoch
        self.rendering = rendering
        self.after = news.after
        self.upto = news.upto
        self.publications = publications = news.publications
        self.missed = news.missed
        self.count = len(publications)
        self.size = sum([publication.size for publication in publications])
        self.payload = rendering.render(self)

    def carries(self, news: "News") -> bool:
        """Whether these are the news it was built from."""
        return self.missed == news.missed and self.publications == news.publications


UNCOUNTED = -1
"""Missed publications, of which nobody knows the number."""


class News:
    """What a reader gets next: publications, and how many it missed before them."""

    __slots__ = ("after", "missed", "publications", "upto")

    def __init__(
        self, after: int, upto: int, publications: Sequence[Publication], missed: int = 0
    ) -> None:
        self.after = after
        self.upto = upto
        self.publications = publications
        self.missed = missed


class Link(Protocol):
    """One socket, as the hub sees it.

    Nothing here blocks, raises, or calls back into the hub: not ``on_writable`` from within
    ``write``, and no publish. What is written after ``close`` is dropped.
    """

    paused: bool
    """True while the socket takes nothing more; the hub then leaves the data in the log."""

    on_writable: Callable[[], None]
    """Called whenever ``paused`` has become false again."""

    @property
    def outbox(self) -> int:
        """Bytes written that the socket has not taken, here and in the server, as far as is
        known."""

    def write(self, batches: Sequence[Batch]) -> None:
        """Write the batches' payloads, in order. What the socket does not take is kept here."""

    def close(self, code: int, reason: str) -> None:
        """Closing handshake after what was written; then a deadline; then abort."""

    def abort(self) -> None:
        """End the socket now. What was not sent is dropped."""
