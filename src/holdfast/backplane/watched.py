"""One channel that is watched: where it stands, and how publications and logs compare to that."""

import asyncio

from holdfast.backplane.port import HistoryPage, Position, Publication

Held = tuple[str, str, Publication]
"""Epoch, the tag before it, and the publication."""


class Watched:
    """One channel. ``held`` is None while its publications are handed on as they come."""

    __slots__ = ("begun", "failure", "held", "position", "settled", "stale", "waiters")

    def __init__(self) -> None:
        self.position: Position | None = None  # None: nothing was handed on yet
        self.held: list[Held] | None = []
        self.stale = False  # what is shown here is in no log
        self.begun: asyncio.Event | None = None
        self.settled: asyncio.Event | None = None  # once it was read again
        self.waiters = 0
        self.failure = ""  # why it could not be read

    def begin(self) -> None:
        """Its log has begun here. Who waited for that may leave from now on."""
        self.waiters = 0
        if self.begun is not None:
            self.begun.set()

    def fail(self, why: str) -> None:
        """It could not be read. Who waits for its beginning need not."""
        self.failure = why
        self.settle()
        if self.position is None:
            self.begin()

    def settle(self) -> None:
        """It was read again."""
        if self.settled is not None:
            self.settled.set()
            self.settled = None

    def is_before(self, upto: Position | None) -> bool:
        """Whether that position is one of its log, beyond what was handed on."""
        here = self.position
        return (
            upto is not None
            and here is not None
            and (upto.epoch == here.epoch and upto.offset > here.offset)
        )

    async def wait(self) -> None:
        """Until it has."""
        if self.position is None:
            self.begun = self.begun or asyncio.Event()
            self.waiters += 1
            try:
                await self.begun.wait()
            finally:
                if not self.begun.is_set():
                    self.waiters -= 1


def reaches(position: Position | None, head: Position) -> bool:
    """Whether it is that place in a log, or beyond it in the same one."""
    beyond = position is not None and position.epoch == head.epoch and position.offset > head.offset
    return beyond or position == head


def goes_on(position: Position | None, page: HistoryPage) -> bool:
    """Whether the page brings nearer to its end who stands at that position."""
    return page.complete and (position == page.position or len(page.publications) > 0)


def passed(position: Position | None, epoch: str, publication: Publication) -> bool:
    """Whether it comes late: it was in what was read. A broker that counts the same offsets again
    has lost our connection before, and its log is compared then."""
    return (
        position is not None and epoch == position.epoch and publication.offset <= position.offset
    )


def follows(position: Position | None, epoch: str, before: str, publication: Publication) -> bool:
    """Whether it is the one after that position."""
    return position == (epoch, publication.offset - 1, before)
