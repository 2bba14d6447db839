"""The end-of-turn flush: once per turn of the event loop, the news of all channels go out.

A pass works on a snapshot: what is published meanwhile belongs to the next pass. It runs in slices
of at most ``SLICE`` seconds, so that ten thousand sockets do not stop the loop for others, and
begins at another subscriber each time, so that nobody is always last.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from holdfast.hub.channel import GONE, Channel, Connection, Subscription
from holdfast.hub.link import WRITE_LIMIT, Batch, Rendering

SLICE = 0.005  # seconds
# Its multiples, modulo 1, spread evenly, however many turns lie between two of a channel's passes.
GOLDEN = 0.6180339887498949
STRIDE = 16  # subscribers between two looks at the clock


class Loop(Protocol):
    """The part of an event loop that the hub uses."""

    def time(self) -> float:
        """Seconds on a monotonic clock."""

    def call_soon(self, callback: Callable[[], Any], /) -> Any:
        """Run the callback in the next turn."""

    def call_later(self, delay: float, callback: Callable[[], Any], /) -> Any:
        """Run the callback after ``delay`` seconds."""


Item = Subscription | tuple[Connection, list[Subscription]]


class Pass:
    """One offer of the news of some channels to everyone at their heads."""

    __slots__ = ("_at", "_batches", "_fail", "_items", "_now", "channels", "done")

    def __init__(
        self, channels: Sequence[Channel], now: float, turn: int, fail: Callable[[Connection], None]
    ) -> None:
        self.channels = channels
        self._fail = fail
        self.done = False
        for channel in channels:
            channel.begin_pass()
        self._now = now
        self._items = _rotated(_items(channels), turn)
        self._at = 0
        self._batches: dict[Rendering, Sequence[Batch]] = {}

    def run(self, clock: Callable[[], float], until: float) -> None:
        """Offer until all had theirs or the clock reaches ``until``."""
        items = self._items
        self._now = clock()
        sliced = self._at > 0
        while self._at < len(items):
            for item in items[self._at : self._at + STRIDE]:
                self._offer(item)
            self._at += STRIDE
            if clock() >= until:
                break
        if self._at >= len(items):
            self._finish()
        elif not sliced:
            self._mark_rest()

    def _finish(self) -> None:
        self.done = True
        for channel in self.channels:
            channel.end_pass()

    def _mark_rest(self) -> None:
        """Others will run before the next slice: give the rest explicit cursors."""
        for item in self._items[self._at :]:
            for subscription in [item] if isinstance(item, Subscription) else item[1]:
                if subscription.cursor is None:
                    subscription.cursor = subscription.channel.settled

    def _offer(self, item: Item) -> None:
        connection = item.connection if isinstance(item, Subscription) else item[0]
        try:
            if isinstance(item, Subscription):
                self._offer_one(item)
            else:
                offer_many(connection, item[1], self._now)
        except Exception:
            self._fail(connection)

    def _offer_one(self, subscription: Subscription) -> None:
        """The hot path: one channel had news, and this subscriber stands at its head."""
        if subscription.cursor is not None:  # it joined meanwhile, or waited for this slice
            offer_many(subscription.connection, [subscription], self._now)
            return
        batches = self._batches.get(subscription.rendering)
        if batches is None:
            batches = self._batches[subscription.rendering] = pending(subscription)
        link = subscription.connection.link
        assert link is not None
        for batch in batches:
            if link.paused:
                subscription.channel.fall_behind(subscription, batch.after, self._now)
                return
            link.write((batch,))


def offer_many(connection: Connection, subscriptions: Sequence[Subscription], now: float) -> None:
    """Offer one connection what its subscriptions have not seen, in as few writes as may be."""
    link = connection.link
    assert link is not None
    group: list[Batch] = []
    room = WRITE_LIMIT
    for subscription in subscriptions:
        for batch in pending(subscription):
            if group and batch.size > room:
                link.write(group)
                group, room = [], WRITE_LIMIT
            if not group and link.paused:
                subscription.channel.fall_behind(subscription, batch.after, now)
                break
            group.append(batch)
            room -= batch.size
    if group:
        link.write(group)


def pending(subscription: Subscription) -> Sequence[Batch]:
    """The batches that bring a member of the head list to ``offered``; takes its cursor away."""
    channel = subscription.channel
    after = subscription.cursor
    if after is None:
        after = channel.settled
    elif after == GONE or after > channel.offered or subscription in channel.behind:
        return ()
    subscription.cursor = None
    return channel.batches(subscription.rendering, after, channel.offered)


def _items(channels: Sequence[Channel]) -> list[Item]:
    """One channel: its subscriptions. Several: grouped by connection, for one write each."""
    if len(channels) == 1:
        return list(channels[0].head)
    plan: dict[Connection, list[Subscription]] = {}
    for channel in channels:
        for subscription in channel.head:
            plan.setdefault(subscription.connection, []).append(subscription)
    return list(plan.items())


def _rotated(items: list[Item], turn: int) -> list[Item]:
    """The same items, beginning elsewhere each turn (a step that visits all starts)."""
    if len(items) < 2:
        return items
    start = int(turn * GOLDEN % 1 * len(items))
    return items[start:] + items[:start]


class Flusher:
    """Collects channels with news, and runs passes at the end of the turn."""

    def __init__(
        self,
        loop: Loop,
        lapse: Callable[[Subscription], None],
        fail: Callable[[Connection], None],
    ) -> None:
        self._loop = loop
        self._lapse = lapse
        self._fail = fail
        self._dirty: list[Channel] = []
        self._pass: Pass | None = None
        self._scheduled = False
        self.turns = 0

    @property
    def idle(self) -> bool:
        """Whether nobody at a head waits for anything."""
        return self._pass is None and not self._dirty

    def mark(self, channel: Channel) -> None:
        """The channel has news: offer them at the end of this turn."""
        if not channel.dirty:
            channel.dirty = True
            self._dirty.append(channel)
        self._schedule()

    def flush(self, channel: Channel | None = None) -> None:
        """Offer now, to everyone, in one go: all news, or only those of one channel."""
        self._finish_pass()
        chosen = self._dirty if channel is None else [channel] if channel.dirty else []
        if chosen:
            self._dirty = [] if channel is None else [c for c in self._dirty if c is not channel]
            self._begin(chosen)
            self._finish_pass()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = False
        if self._pass is None and self._dirty:
            dirty, self._dirty = self._dirty, []
            self._begin(dirty)
        if self._pass is not None:
            self._run(self._loop.time() + SLICE)
        if self._pass is not None or self._dirty:
            self._schedule()

    def _begin(self, channels: list[Channel]) -> None:
        self.turns += 1
        self._pass = Pass(channels, self._loop.time(), self.turns, self._fail)

    def _finish_pass(self) -> None:
        if self._pass is not None:
            self._run(float("inf"))

    def _run(self, until: float) -> None:
        current = self._pass
        assert current is not None
        current.run(self._loop.time, until)
        if current.done:
            self._pass = None
            for channel in current.channels:
                for subscription in channel.lapped():
                    self._lapse(subscription)


def gap_reason(name: str, missed: int) -> str:
    """The close reason for a gap: at most 123 bytes (RFC 6455 section 5.5)."""
    text = f"missed {missed} publications of {name}"
    return text.encode()[:123].decode(errors="ignore")
