"""The channels that a process watches: which it should, which it does, and where each stands.

A channel is subscribed first and read then. What comes between is held and compared with what was
read, so that nothing is missed and nothing comes twice. The same is done for all of them after the
connection was lost, and for one whose next publication does not follow the last.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from holdfast.backplane.driver import Driver, Query
from holdfast.backplane.patience import ANSWER, answered
from holdfast.backplane.port import Choices, History, HistoryPage, Position, Publication, Sink
from holdfast.backplane.watched import Held, Watched, follows, goes_on, passed, reaches

SLICE = 128  # channels of one call
LONG = 100  # publications
FEW, MANY = 800, 6400  # publications of one call, at first and at most
LARGE = 8 << 20  # bytes of one call, after which the next brings less
MOST = 16 << 20  # bytes of one channel in it
HOLD = 4096  # publications of one channel that are held; what is more is read again
LOOKS = 240  # beats in which each channel is looked at once

Asked = tuple[str, Watched, Query]

log = logging.getLogger("holdfast")


class Restored:
    """What became of the channels after an outage."""

    def __init__(self) -> None:
        self.complete = 0
        self.anew = 0


class Watching:
    """All channels of a process.

    ``fence`` returns when everything has come that was published before it was called.
    """

    def __init__(self, sink: Sink, choices: Choices, fence: Callable[[], Awaitable[None]]) -> None:
        self._sink = sink
        self._choices = choices
        self._fence = fence
        self._channels: dict[str, Watched] = {}
        self._subscribed: set[str] = set()
        self._to_begin: dict[str, None] = {}  # somebody waits for them
        self._to_read: dict[str, None] = {}
        self._to_leave: dict[str, None] = {}
        self._to_look: list[str] = []
        self._many = FEW
        self._failed: set[str] = set()  # of those that are followed: to be read again
        self._wake = asyncio.Event()
        self.restored = Restored()

    # -- what is wanted ------------------------------------------------------------------------

    async def watch(self, channel: str, seconds: float, upto: Position | None = None) -> str | None:
        """Return once its log has begun here, and has come that far; else why it has not."""
        watched = self._channels.get(channel)
        if watched is None:
            watched = self._channels[channel] = Watched()
            self._to_begin[channel] = None
            self._wake.set()
        try:
            async with asyncio.timeout(seconds):
                await watched.wait()
                if watched.is_before(upto):  # its publications are on their way: fetch them
                    await self._read_again(channel, watched)
        except TimeoutError:
            return ""
        finally:
            if watched.position is None and not watched.waiters:  # nobody waits for it any more
                self._forget(channel, watched)
        return None if watched.position is not None else watched.failure

    def unwatch(self, channel: str) -> None:
        """Nobody needs it; unless somebody waits for it this moment, who came later."""
        watched = self._channels.get(channel)
        if watched is not None and not watched.waiters:
            self._forget(channel, watched)

    def watch_locally(self, channel: str) -> None:
        """Watch it once the broker is back; its log begins without one here."""
        self._channels.setdefault(channel, Watched())
        self.show_locally(channel)

    def show_locally(self, channel: str) -> None:
        """Its subscribers see what is in no log: when the broker is back, it begins anew."""
        watched = self._channels.get(channel)
        if watched is not None and not watched.stale:
            watched.stale = True
            self._suspect(channel, watched)

    def close(self) -> None:
        """Nothing comes any more: whoever waits need not."""
        for watched in self._channels.values():
            watched.begin()
            watched.settle()
        self._channels.clear()

    def _forget(self, channel: str, watched: Watched) -> None:
        if self._channels.get(channel) is watched:
            del self._channels[channel]
            watched.settle()
            self._to_begin.pop(channel, None)
            self._to_read.pop(channel, None)
            if channel in self._subscribed:
                self._to_leave[channel] = None
                self._wake.set()

    def _read(self, channel: str) -> None:
        self._to_read[channel] = None
        self._wake.set()

    # -- what comes ----------------------------------------------------------------------------

    def receive(self, channel: str, epoch: str, before: str, publication: Publication) -> None:
        """The broker has sent it."""
        watched = self._channels.get(channel)
        if watched is None:
            return
        if watched.held is not None:
            if len(watched.held) >= HOLD:  # all of them are in what is read next
                watched.held.clear()
                self._read(channel)
            watched.held.append((epoch, before, publication))
        elif follows(watched.position, epoch, before, publication):
            self._hand_on(channel, watched, epoch, publication)
        elif not passed(watched.position, epoch, publication):
            self._suspect(channel, watched)

    async def _read_again(self, channel: str, watched: Watched) -> None:
        watched.settled = watched.settled or asyncio.Event()
        self._suspect(channel, watched)
        await watched.settled.wait()

    def _suspect(self, channel: str, watched: Watched) -> None:
        watched.held = watched.held or []
        self._read(channel)

    def _hand_on(
        self, channel: str, watched: Watched, epoch: str, publication: Publication
    ) -> None:
        watched.position = Position(epoch, publication.offset, publication.tag)
        self._safely(channel, self._sink.deliver, channel, epoch, publication)

    def _safely(self, channel: str, call: Callable[..., None], *arguments: Any) -> None:
        try:
            call(*arguments)
        except Exception:  # the other channels go on
            log.exception("delivering to %r failed", channel)

    # -- with a connection ---------------------------------------------------------------------

    async def restore(self, driver: Driver) -> None:
        """After a connection was made: subscribe to all again, and close every gap."""
        self.restored = Restored()
        self._to_leave.clear()
        self._to_begin.clear()
        self._to_begin.update((one, None) for one, its in self._channels.items() if its.waiters)
        self._to_read.update(dict.fromkeys(self._channels))
        await self._work(driver)

    async def run(self, driver: Driver) -> None:
        """Do what is wanted when it is. Raises what the driver raises."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._work(driver)

    def lost(self) -> None:
        """The connection is gone: hold what may still come of it."""
        self._subscribed.clear()
        for watched in self._channels.values():
            watched.held = []

    def look(self) -> None:
        """Compare some channels with the broker: what it lost without a word would stay unseen.

        It also keeps their logs there from expiring.
        """
        if not self._to_look:
            self._to_look = list(self._channels)
        count = len(self._channels) // LOOKS + 1
        for channel in {*self._to_look[-count:], *self._failed}:
            watched = self._channels.get(channel)
            if watched is not None and (watched.held is None or channel in self._failed):
                self._suspect(channel, watched)
        del self._to_look[-count:]
        self._failed.clear()

    async def _work(self, driver: Driver) -> None:
        while self._to_leave or self._to_begin or self._to_read:
            if gone := some_of(self._to_leave):
                await self._unsubscribe(driver, [one for one in gone if one not in self._channels])
            names = some_of(self._to_begin or self._to_read)
            await self._begin(driver, [one for one in names if one in self._channels])

    async def _unsubscribe(self, driver: Driver, names: Iterable[str]) -> None:
        left = [name for name in names if name in self._subscribed]
        self._subscribed.difference_update(left)
        if left:
            await answered(driver.unsubscribe(left), ANSWER)

    async def _begin(self, driver: Driver, names: Sequence[str]) -> None:
        new = [name for name in names if name not in self._subscribed]
        if new:
            await answered(driver.subscribe(new), ANSWER)
            self._subscribed.update(new)
            self._to_leave.update((name, None) for name in new if name not in self._channels)
        left = list(names)
        while left:
            asked = self._take(left)
            for _, watched, _ in asked:
                watched.held = watched.held or []
            pages = await answered(driver.read([query for _, _, query in asked]), ANSWER)
            self._mind_the_size(pages)
            await self._settle_all(list(zip(asked, pages, strict=True)))

    def _take(self, names: list[str]) -> Sequence[Asked]:
        """The first of them, out of the list, with as many publications as one call may bring."""
        taken: list[Asked] = []
        count = 0
        while names and (count < self._many or not taken):
            name = names.pop(0)
            if (watched := self._channels.get(name)) is not None:
                query = self._query(name, watched)
                taken.append((name, watched, query))
                count += query.limit
        return taken

    def _mind_the_size(self, pages: Iterable[HistoryPage | Exception]) -> None:
        """How large publications are is seen only when they are there."""
        read = [page.publications for page in pages if isinstance(page, HistoryPage)]
        size = sum(publication.size for publications in read for publication in publications)
        self._many = max(self._many // 2, 1) if size > LARGE else min(self._many * 2, MANY)

    async def _settle_all(self, read: Sequence[tuple[Asked, HistoryPage | Exception]]) -> None:
        """Those at once that are clear. The others may only be waiting for what is on its way."""
        doubtful = []
        for (channel, watched, _), page in read:
            if self._channels.get(channel) is not watched:
                continue
            if isinstance(page, Exception):
                self._fail(channel, watched, page)
            elif self._doubts(channel, watched, page):
                doubtful.append((channel, watched, page))
            else:
                self._settle(channel, watched, page)
                if len(page.publications) > LONG:
                    await asyncio.sleep(0)  # others have a turn
        if doubtful:
            await self._fence()
        for channel, watched, page in doubtful:
            if self._channels.get(channel) is watched:
                self._settle(channel, watched, page)

    def _fail(self, channel: str, watched: Watched, error: Exception) -> None:
        """It alone cannot be read. Who joins is told; a log that is followed is tried again."""
        if watched.failure != str(error):
            log.error("channel %r cannot be read: %s", channel, error)
        watched.fail(str(error))
        if watched.position is not None:
            self._failed.add(channel)

    def _doubts(self, channel: str, watched: Watched, page: HistoryPage) -> bool:
        """Whether its log is ahead of us, and no history tells by what."""
        here = watched.position
        if here is None or watched.stale or here.epoch != page.position.epoch:
            return False
        watched.held = list(self._hand_on_held(channel, watched, watched.held or []))
        return not reaches(watched.position, page.position) and not goes_on(here, page)

    def _query(self, channel: str, watched: Watched) -> Query:
        keeps, _ = self._choices.choice(channel)
        limit = keeps.size if isinstance(keeps, History) else FEW if keeps else 0
        return Query(channel, keeps, watched.position, None, limit, not watched.position, MOST)

    def _settle(self, channel: str, watched: Watched, page: HistoryPage) -> None:
        """It was read: go on from there, with what was held meanwhile."""
        held, watched.held = watched.held or [], None
        if watched.position is None:  # its newest were asked for
            page = HistoryPage(page.position, page.publications[::-1], False, page.before)
        elif not watched.stale:  # what came meanwhile may be all there is
            held = list(self._hand_on_held(channel, watched, held))
        if watched.stale or not reaches(watched.position, page.position):
            self._go_on(channel, watched, page)
        else:
            self.restored.complete += 1
        watched.begin()
        if channel not in self._to_read:
            watched.settle()
        if self._hand_on_held(channel, watched, held) or not reaches(
            watched.position, page.position
        ):
            self._suspect(channel, watched)

    def _go_on(self, channel: str, watched: Watched, page: HistoryPage) -> None:
        """With what the page brings, or anew."""
        if watched.stale or not goes_on(watched.position, page):
            self.restored.anew += watched.position is not None
            watched.position = page.position
            watched.stale = False
            self._safely(channel, self._sink.begin, channel, page)
            return
        self.restored.complete += 1
        for publication in page.publications:
            if watched.position is not None and publication.offset > watched.position.offset:
                self._hand_on(channel, watched, page.position.epoch, publication)

    def _hand_on_held(self, channel: str, watched: Watched, held: Sequence[Held]) -> Sequence[Held]:
        """Those that follow, and not those that it is past; returns what is left after a gap."""
        for index, (epoch, before, publication) in enumerate(held):
            here = watched.position
            if follows(here, epoch, before, publication):
                self._hand_on(channel, watched, epoch, publication)
            elif here is not None and not passed(here, epoch, publication):
                return held[index:]
        return ()


def some_of(names: dict[str, None]) -> Sequence[str]:
    """Take out as many as one call may have."""
    some = list(islice(names, SLICE))
    for name in some:
        del names[name]
    return some
