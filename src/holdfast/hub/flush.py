"""The end-of-turn flush: once per turn of the event loop, the news of all channels go out.

A pass works on a snapshot: what is published meanwhile belongs to the next pass. It runs in slices
of at most ``SLICE`` seconds, so that ten thousand sockets do not stop the loop for others, and
begins at another subscriber each time, so that nobody is always last.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

from typing_extensions import override

from holdfast.hub.channel import GONE, Channel, Connection, Subscription
from holdfast.hub.link import WRITE_LIMIT, Batch, Rendering

SLICE = 0.005  # seconds
# Its multiples, modulo 1, spread evenly, however many turns lie between two of a channel's passes.
GOLDEN = 0.6180339887498949
STRIDE = 32  # messages between two looks at the clock: some links take 50 us for each
WALK = 3  # all connections are walked if one subscription in so many has news


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
    """One offer of the news of some channels to everyone at their heads, stride by stride."""

    __slots__ = (
        "_at",
        "_fail",
        "_items",
        "_messages",
        "_now",
        "_rest",
        "_stride",
        "channels",
        "done",
        "written",
    )

    def __init__(self, channels: Sequence[Channel], fail: Callable[[Connection], None]) -> None:
        self.channels = channels
        self.done = False
        self.written = 0  # messages
        self._fail = fail
        self._rest: set[Any] | None = None
        self._now = 0.0
        self._messages = 0  # about as many as will be written
        for channel in channels:
            channel.begin_pass()
            self._messages += (channel.offered - channel.settled) * len(channel.head)
        self._take([])

    def _take(self, items: Sequence[Any]) -> None:
        """Go through these next: members of heads, or connections."""
        self._items = items
        self._at = 0
        self._stride = max(STRIDE * len(items) // (self._messages or 1), 1)

    def run(self, clock: Callable[[], float], until: float) -> None:
        """Offer until all had theirs or the clock reaches ``until``."""
        self._now = clock()
        self._rest = None
        while not self.done:
            stride = self._items[self._at : self._at + self._stride]
            self._at += len(stride)
            self._offer(stride)
            if self._at >= len(self._items):
                self._finish()
            if clock() >= until:
                break

    def waits(self, subscription: Subscription) -> bool:
        """Whether one without a cursor, in one of the channels, has its turn in a later slice.

        Few ask that, so what is left is looked up only when the first one does.
        """
        if self._rest is None:
            self._rest = set(self._items[self._at :])
        return subscription in self._rest or subscription.connection in self._rest

    def _finish(self) -> None:
        self.done = True
        for channel in self.channels:
            channel.end_pass()

    def _offer(self, stride: Sequence[Any]) -> None:
        raise NotImplementedError


class OneChannel(Pass):
    """The hot path: one channel had news, and the items stand at its head."""

    __slots__ = ()

    def __init__(self, channel: Channel, turn: int, fail: Callable[[Connection], None]) -> None:
        super().__init__([channel], fail)
        self._take(_rotated(list(channel.head), turn))

    @override
    def _offer(self, stride: Sequence[Subscription]) -> None:
        channel = self.channels[0]
        after, upto = channel.settled, channel.offered
        last: Rendering | None = None
        batches: Sequence[Batch] = ()
        count = written = 0  # messages: in a batch that is the only one, and in all
        for subscription in stride:
            try:
                link = subscription.link
                if subscription.cursor is not None:
                    written += offer_many(subscription.connection, [subscription], self._now)
                elif link.paused:
                    channel.fall_behind(subscription, after, self._now)
                else:
                    if subscription.rendering is not last:
                        batches = channel.batches(subscription.rendering, after, upto)
                        count = batches[0].count if len(batches) == 1 else 0
                        last = subscription.rendering
                    if count:
                        link.write(batches)
                        written += count
                    elif batches:
                        written += offer_many(subscription.connection, [subscription], self._now)
            except Exception:
                self._fail(subscription.connection)
        self.written += written


class SeveralChannels(Pass):
    """Several channels had news, and each connection gets its own in one write.

    Where many subscriptions take part, all connections are walked with all their subscriptions,
    which takes a third of the time of a plan. Else the items are at first the members of the heads,
    by whom it is planned what to offer to whom.
    """

    __slots__ = ("_fits", "_plan", "_planned", "_turn")

    def __init__(
        self,
        channels: Sequence[Channel],
        everyone: Sequence[Connection] | None,
        turn: int,
        fail: Callable[[Connection], None],
    ) -> None:
        news = sum([channel.log.written - channel.settled_bytes for channel in channels])
        self._fits = news <= WRITE_LIMIT
        super().__init__(channels, fail)
        self._turn = turn
        self._plan: dict[Connection, list[Subscription]] = {}
        self._planned = everyone is not None
        if everyone is not None:
            self._take(_rotated(everyone, turn))
        else:
            self._take(list(chain.from_iterable(channel.head for channel in channels)))

    @override
    def waits(self, subscription: Subscription) -> bool:
        return not self._planned or super().waits(subscription)

    @override
    def _finish(self) -> None:
        if self._planned:
            super()._finish()
        else:
            self._planned = True
            self._take(_rotated(list(self._plan), self._turn))

    @override
    def _offer(self, stride: Sequence[Any]) -> None:
        if not self._planned:
            for subscription in stride:
                self._plan.setdefault(subscription.connection, []).append(subscription)
            return
        for connection in stride:
            subscriptions = self._plan.get(connection) or connection.subscriptions.values()
            try:
                self._offer_row(connection, subscriptions)
            except Exception:
                self._fail(connection)

    def _offer_row(self, connection: Connection, subscriptions: Collection[Subscription]) -> None:
        """One write, without a closer look at those who all stand at the head in the rendering
        that was asked for first."""
        link: Any = connection.link
        behind = connection.behind
        if not behind and not link.paused:
            batches: list[Any] = [
                offer.batch if s.cursor is None and s.rendering is offer.rendering else None
                for s in subscriptions
                if (offer := s.channel.offer) is not None
            ]
            if all(batches) and (self._fits or _fit(batches)):
                if batches:
                    link.write(batches)
                    self.written += sum([batch.count for batch in batches])
                return
        level = [s for s in subscriptions if s.channel.offer and s not in behind]
        self.written += offer_many(connection, level, self._now)


def offer_many(connection: Connection, subscriptions: Sequence[Subscription], now: float) -> int:
    """Offer one connection what its subscriptions have not seen, in as few writes as may be.

    Returns how many messages were written.
    """
    link = connection.link
    assert link is not None
    written = 0
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
            written += batch.count
    if group:
        link.write(group)
    return written


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


def _fit(batches: Sequence[Batch]) -> bool:
    return sum([batch.size for batch in batches]) <= WRITE_LIMIT


def _rotated(items: Sequence[Any], turn: int) -> Sequence[Any]:
    """The same items, beginning elsewhere each turn (a step that visits all starts)."""
    if len(items) < 2:
        return items
    start = int(turn * GOLDEN % 1 * len(items))
    return [*items[start:], *items[:start]]


class Flusher:
    """Collects channels with news, and runs passes at the end of the turn."""

    def __init__(
        self,
        loop: Loop,
        connections: Mapping[str, Connection],
        lapse: Callable[[Subscription], None],
        fail: Callable[[Connection], None],
        passed: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._connections = connections
        self._lapse = lapse
        self._fail = fail
        self._passed = passed
        self._dirty: list[Channel] = []
        self._waiting: dict[Channel, Any] = {}  # with their timers: their interval is not over
        self._pass: Pass | None = None
        self._scheduled = False
        self.turns = 0
        self.subscriptions = 0  # of all connections: the hub counts them
        self.written = 0  # messages, to links: by passes, and by the hub

    @property
    def idle(self) -> bool:
        """Whether nobody at a head waits for anything."""
        return self._pass is None and not self._dirty and not self._waiting

    def waits(self, subscription: Subscription) -> bool:
        """Whether a member of a head, without a cursor, is still to be offered what a pass began
        with."""
        return self._pass is not None and self._pass.waits(subscription)

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
        if len(channels) == 1:
            self._pass = OneChannel(channels[0], self.turns, self._fail)
        else:
            everyone = self._most(channels)
            self._pass = SeveralChannels(channels, everyone, self.turns, self._fail)

    def _most(self, channels: Sequence[Channel]) -> Sequence[Connection] | None:
        """All connections, if that is no detour to the heads of these channels."""
        heads = sum([len(channel.head) for channel in channels])
        detour = len(self._connections) + self.subscriptions
        return list(self._connections.values()) if heads * WALK >= detour else None

    def _finish_pass(self) -> None:
        if self._pass is not None:
            self._run(float("inf"))

    def _run(self, until: float) -> None:
        current = self._pass
        assert current is not None
        current.run(self._loop.time, until)
        self.written += current.written
        current.written = 0
        if current.done:
            self._pass = None
            for channel in current.channels:
                for subscription in channel.lapped():
                    self._lapse(subscription)
