"""Channels, their subscriptions, and the connections these belong to.

A subscription is in exactly one place: in its channel's ``head`` (offered everything so far, no
cursor), or ``behind`` (its socket did not take more; it has a cursor, and its connection's
``behind`` holds it too), or gone.

One exception keeps the head list cheap: a member of ``head`` may carry a cursor for the rest of a
turn (it joined, or was flushed out of turn, while news were pending). The next pass offers it what
is after that cursor and takes the cursor away.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from holdfast.backplane.port import Position, Publication
from holdfast.hub.account import Account
from holdfast.hub.batches import Batches
from holdfast.hub.link import WRITE_LIMIT, Batch, Link, News, Rendering
from holdfast.hub.log import Log
from holdfast.hub.options import ChannelOptions
from holdfast.hub.overflow import POLICIES, Overflow, fold_for, up_to_limit
from holdfast.hub.small import NONE, with_item, with_one, without, without_item

GONE = -1  # the cursor of a subscription that has ended


class Connection:
    """One client, as the hub knows it. The faces that users see derive from it."""

    __slots__ = ("__weakref__", "behind", "id", "link", "subscriptions", "user")

    def __init__(self, id: str, link: Link | None = None, user: Any = None) -> None:
        self.id = id
        self.link = link
        self.user = user
        self.subscriptions: dict[str, Subscription] = NONE  # the hub's: others only read them
        self.behind: dict[Subscription, Fall] = NONE

    def gap(self, channel: str, missed: int) -> None:
        """Told whenever a policy skipped publications of this connection. Runs in the flush."""

    def lapsed(self, code: int, reason: str) -> None:
        """The hub must end this connection: by default its link is closed with the code."""
        if self.link is not None:
            self.link.close(code, reason)


class Subscription:
    """One connection in one channel. ``cursor`` is None while it stands at the head."""

    __slots__ = ("channel", "connection", "cursor", "link", "policy", "rendering")

    def __init__(
        self,
        connection: Connection,
        channel: "Channel",
        rendering: Rendering,
        overflow: Overflow | None,
    ) -> None:
        self.connection = connection
        self.link: Any = connection.link  # here too: one look less for each delivery
        self.channel = channel
        self.rendering = rendering
        self.policy = POLICIES[overflow or channel.options.overflow]
        self.cursor: int | None = None


class Fall:
    """How one came to be behind, and what was done for it since."""

    __slots__ = ("since", "wait_until")

    def __init__(self, since: float) -> None:
        self.since = since  # hub clock
        self.wait_until = 0.0  # how long publishers wait for it; 0: none did yet


class Offer:
    """What a pass offers of one channel, from ``settled`` to ``offered``, in every rendering.

    ``rendering`` and ``batch``: the one that was asked for first, if its news are a single batch.
    Most members of a channel have the same, and are then served without asking further.
    """

    __slots__ = ("batch", "batches", "rendering", "written")

    def __init__(self, written: int) -> None:
        self.written = written  # bytes, to the log, when the pass began
        self.rendering: Rendering | None = None
        self.batch: Batch | None = None
        self.batches: dict[Rendering, Sequence[Batch]] = {}

    def keep(self, rendering: Rendering, batches: Sequence[Batch]) -> None:
        """Have these ready for all who stand at the head with that rendering."""
        self.batches[rendering] = batches
        if self.rendering is None and len(batches) == 1:
            self.rendering, self.batch = rendering, batches[0]


class Channel:
    """A log and those who read it."""

    __slots__ = (
        "_lap_mark",
        "_moved",
        "behind",
        "dirty",
        "head",
        "log",
        "name",
        "not_before",
        "offer",
        "offered",
        "options",
        "pinned",
        "rendered",
        "settled",
        "settled_bytes",
    )

    def __init__(
        self,
        name: str,
        options: ChannelOptions,
        position: Position,
        account: Account | None = None,
    ) -> None:
        self.name = name
        self.options = options
        self.log = _new_log(options, position, account or Account())
        self.rendered: Batches | None = None  # for those behind, while there are some
        self.head: Collection[Subscription] = ()
        self.behind: dict[Subscription, Fall] = NONE  # in the order in which they fell
        self.offer: Offer | None = None  # while a pass runs
        self.offered = position.offset  # what the pass that runs, or ran last, goes up to
        self.settled = position.offset  # what everyone in ``head`` has been offered
        self.dirty = False
        self.not_before = 0.0  # hub clock: with a ``flush_interval``, when its next pass is due
        self.pinned = False  # stays without subscribers: somebody else ends it
        self.settled_bytes = 0  # of ``log.written``
        self._lap_mark = 0  # no cursor in ``behind`` is lapped below this tail
        self._moved: asyncio.Event | None = None

    # -- news ----------------------------------------------------------------------------------

    @property
    def position(self) -> Position:
        """Where the log ends."""
        return Position(self.log.epoch, self.log.head, self.log.tag)

    def crowded(self, size: int = 0) -> bool:
        """Whether a quarter of the ring, or one write, of news waits to be offered."""
        waiting = self.log.head - self.settled
        if waiting == 0:
            return False
        bounds, quarter = self.log.bounds, self.log.bounds.bytes // 4
        if not self.options.flush_interval:  # else they wait on purpose, and may be conflated
            quarter = min(WRITE_LIMIT, quarter)
        used = self.log.written - self.settled_bytes
        return waiting >= bounds.count // 4 or used + size >= quarter

    def would_drop_news(self, size: int) -> bool:
        """Whether appending ``size`` bytes would evict what was not offered yet."""
        return self.log.tail_after(size) > self.settled + 1 and self.log.head > self.settled

    def begin_pass(self) -> None:
        """What is in the log now is what the pass offers; what comes later is the next one's."""
        self.dirty = False
        self.offered = self.log.head
        self.offer = Offer(self.log.written)
        self.drop_rendered()

    def end_pass(self) -> None:
        """Everyone in ``head`` has been offered what the pass began with."""
        assert self.offer is not None
        self.settled = self.offered
        self.settled_bytes = self.offer.written
        self.offer = None
        if not self.behind:  # nobody will ask again: a quiet channel holds no rendered bytes
            self.drop_rendered()

    def batches(self, rendering: Rendering, after: int, upto: int) -> Sequence[Batch]:
        """What brings one from ``after`` to ``upto``: one batch a write, shared by all such."""
        if after >= upto:
            return ()
        offer = self.offer
        if offer is None or after != self.settled or upto != self.offered:
            return self._cut(rendering, after, upto)
        batches = offer.batches.get(rendering)
        if batches is None:
            batches = self._cut(rendering, after, upto)
            offer.keep(rendering, batches)
        return batches

    def _cut(self, rendering: Rendering, after: int, upto: int) -> list[Batch]:
        batches: list[Batch] = []
        left = rendering.choose(self.log.read(after, upto))
        while left:
            piece = up_to_limit(left)
            left = left[len(piece) :]
            end = piece[-1].offset if left else upto
            batch = self.batch(rendering, News(after, end, piece))
            if batch.count:  # a filter may leave nothing to write
                batches.append(batch)
            after = end
        return batches

    def batch(self, rendering: Rendering, news: News) -> Batch:
        """The batch with these news, the same object for all behind who are given the same."""
        if not self.behind:
            return Batch(self.name, self.log.epoch, rendering, news)
        if self.rendered is None:
            self.rendered = Batches(self.log.account)
        return self.rendered.get(self.name, self.log.epoch, rendering, news)

    def drop_rendered(self) -> None:
        """Forget what was rendered for those behind: it would be rendered again."""
        if self.rendered is not None:
            self.rendered.drop()
            self.rendered = None

    def restart(
        self, start: Position, publications: Sequence[Publication] = ()
    ) -> Sequence[Subscription]:
        """Begin a new log with these publications, which are no news to anybody.

        Everyone stands at its head. Returns those who stood in the old one.
        """
        for subscription in list(self.behind):
            self.catch_up(subscription)
        account = self.log.account
        self.drop_rendered()
        self.log.discard()
        self.log = _new_log(self.options, start, account)
        for publication in publications:
            self.log.append(publication)
        self.offered = self.settled = self.log.head
        self.settled_bytes = self.log.written
        for subscription in self.head:
            subscription.cursor = None
        return list(self.head)

    # -- places --------------------------------------------------------------------------------

    def add(self, subscription: Subscription, cursor: int) -> None:
        """A new subscriber, standing after ``cursor``: at the head, or in its list from there."""
        self.head = with_one(self.head, subscription)
        subscription.cursor = None if cursor == self.settled == self.offered else cursor

    def fall_behind(self, subscription: Subscription, cursor: int, now: float) -> None:
        """Its socket takes no more: out of the head list, so that it costs nothing."""
        if subscription.cursor == GONE:  # it ended in the very write that filled the socket
            return
        self.head = without(self.head, subscription)
        self._lap_mark = min(self._lap_mark, cursor + 1) if self.behind else cursor + 1
        subscription.cursor = cursor
        fall, connection = Fall(now), subscription.connection
        self.behind = with_item(self.behind, subscription, fall)
        connection.behind = with_item(connection.behind, subscription, fall)

    def catch_up(self, subscription: Subscription) -> None:
        """It has been given everything up to ``offered`` or more: back into the head list."""
        self._leave_behind(subscription)
        self.head = with_one(self.head, subscription)
        if subscription.cursor == self.offered == self.settled:
            subscription.cursor = None

    def remove(self, subscription: Subscription) -> None:
        """It has left, or its connection ended."""
        self._leave_behind(subscription)
        self.head = without(self.head, subscription)
        subscription.cursor = GONE

    def _leave_behind(self, subscription: Subscription) -> None:
        if subscription in self.behind:
            connection = subscription.connection
            self.behind = without_item(self.behind, subscription)
            connection.behind = without_item(connection.behind, subscription)
            self._progress()

    def lapped(self) -> Sequence[Subscription]:
        """Those behind whose policy allows no gap and whose next publication has been evicted.

        Scans only when the tail has passed the lowest cursor: the stuck cost nothing per message.
        """
        if not self.behind or (tail := self.log.tail) <= self._lap_mark:
            return ()
        cursors = [s.cursor + 1 for s in self.behind if s.cursor is not None]
        self._lap_mark = min((c for c in cursors if c >= tail), default=self.log.head + 1)
        return [
            s
            for s in self.behind
            if s.policy is POLICIES["close"] and s.cursor is not None and s.cursor + 1 < tail
        ]

    def _progress(self) -> None:
        if self._moved is not None:
            self._moved.set()
            self._moved = None

    def moved(self) -> asyncio.Event:
        """Set when someone is behind no more: for publishers that wait."""
        if self._moved is None:
            self._moved = asyncio.Event()
        return self._moved


def _new_log(options: ChannelOptions, position: Position, account: Account) -> Log:
    fold = fold_for(options.overflow, options.fold_bytes)
    return Log(position, options.bounds(), fold, account)
