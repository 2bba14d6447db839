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

    def call_soon_threadsafe(self, callback: Callable[[], Any], /) -> Any:
        """The same, from another thread."""

    def call_later(self, delay: float, callback: Callable[[], Any], /) -> Any:
        """Run the callback after ``delay`` seconds."""

    def is_closed(self) -> bool:
        """Whether it can never run again."""


class Pass:
    """One offer of the news of some channels to everyone at their heads."""

    __slots__ = ("_at", "_fail", "_items", "_now", "_single", "channels", "done")

    def __init__(
        self, channels: Sequence[Channel], now: float, turn: int, fail: Callable[[Connection], None]
    ) -> None:
        self.channels = channels
        self._fail = fail
        self.done = False
        for channel in channels:
            channel.begin_pass()
        self._now = now
        self._single = len(channels) == 1
        self._items: list[Any] = _rotated(
            list(channels[0].head) if self._single else _by_connection(channels), turn
        )
        self._at = 0

    def run(self, clock: Callable[[], float], until: float) -> None:
        """Offer until all had theirs or the clock reaches ``until``."""
        items = self._items
        self._now = clock()
        sliced = self._at > 0
        while self._at < len(items):
            stride = items[self._at : self._at + STRIDE]
            self._at += len(stride)
            if self._single:
                self._offer_each(stride)
            else:
                for connection, subscriptions in stride:
                    self._offer_many(connection, subscriptions)
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
            for subscription in [item] if self._single else item[1]:
                if subscription.cursor is None:
                    subscription.cursor = subscription.channel.settled

    def _offer_each(self, subscriptions: Sequence[Subscription]) -> None:
        """The hot path: one channel had news, and these stand at its head."""
        channel = self.channels[0]
        last: Rendering | None = None
        batches: Sequence[Batch] = ()
        for subscription in subscriptions:
            if subscription.cursor is not None and not self._only_waited(subscription):
                self._offer_many(subscription.connection, [subscription])
                continue
            try:
                rendering = subscription.rendering
                if rendering is not last:
                    batches = channel.batches(rendering, channel.settled, channel.offered)
                    last = rendering
                link: Any = subscription.connection.link
                if link.paused:
                    channel.fall_behind(subscription, channel.settled, self._now)
                elif len(batches) == 1:
                    link.write(batches)
                else:
                    offer_many(subscription.connection, [subscription], self._now)
            except Exception:
                self._fail(subscription.connection)

    def _only_waited(self, subscription: Subscription) -> bool:
        """Whether its cursor only says that it waited for this slice; takes the cursor away."""
        channel = self.channels[0]
        if subscription.cursor != channel.settled or subscription in channel.behind:
            return False
        subscription.cursor = None
        return True

    def _offer_many(self, connection: Connection, subscriptions: Sequence[Subscription]) -> None:
        try:
            offer_many(connection, subscriptions, self._now)
        except Exception:
            self._fail(connection)


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


def _by_connection(
    channels: Sequence[Channel],
) -> list[tuple[Connection, list[Subscription]]]:
    """The heads of several channels, grouped for one write to each connection."""
    plan: dict[Connection, list[Subscription]] = {}
    for channel in channels:
        for subscription in channel.head:
            plan.setdefault(subscription.connection, []).append(subscription)
    return list(plan.items())


def _rotated(items: list[Any], turn: int) -> list[Any]:
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
        passed: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._lapse = lapse
        self._fail = fail
        self._passed = passed
        self._dirty: list[Channel] = []
        self._waiting: dict[Channel, Any] = {}  # with their timers: their interval is not over
        self._pass: Pass | None = None
        self._scheduled = False
        self.turns = 0

    @property
    def idle(self) -> bool:
        """Whether nobody at a head waits for anything."""
        return self._pass is None and not self._dirty and not self._waiting

    def mark(self, channel: Channel) -> None:
        """The channel has news: offer them at the end of this turn, or of its interval."""
        if channel.dirty:
            return
        channel.dirty = True
        if channel.not_before and channel.not_before > self._loop.time():
            self._defer(channel)
        else:
            self._dirty.append(channel)
            self._schedule()

    def hurry(self, channel: Channel) -> None:
        """Do not wait for the end of the channel's interval."""
        if self._wakes(channel):
            self._dirty.append(channel)
            self._schedule()

    def _defer(self, channel: Channel) -> None:
        delay = channel.not_before - self._loop.time()
        self._waiting[channel] = self._loop.call_later(delay, lambda: self.hurry(channel))

    def _wakes(self, channel: Channel) -> bool:
        """Whether it waited; its timer shall not cut the next interval short."""
        timer = self._waiting.pop(channel, None)
        if timer is not None:
            timer.cancel()
        return timer is not None

    def flush(self, channel: Channel | None = None) -> None:
        """Offer now, to everyone, in one go: all news, or only those of one channel."""
        self._finish_pass()
        if channel is None:
            for waiting in list(self._waiting):
                self.hurry(waiting)
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
        if self._pass is None:
            self._passed()

    def _begin(self, channels: list[Channel]) -> None:
        self.turns += 1
        now = self._loop.time()
        for channel in channels:
            if channel.options.flush_interval:
                self._wakes(channel)
                channel.not_before = now + channel.options.flush_interval
        self._pass = Pass(channels, now, self.turns, self._fail)

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
