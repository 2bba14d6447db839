"""Channels, their subscriptions, and the connections these belong to.

A subscription is in exactly one place: in its channel's ``head`` (offered everything so far, no
cursor), or ``behind`` (its socket did not take more; it has a cursor, and its connection's
``behind`` holds it too), or gone.

One exception keeps the head list cheap: a member of ``head`` may carry a cursor for the rest of a
turn (it joined, or was flushed out of turn, while news were pending). The next pass offers it what
is after that cursor and takes the cursor away.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from holdfast.backplane.port import Position
from holdfast.hub.account import Account
from holdfast.hub.batches import Batches
from holdfast.hub.link import WRITE_LIMIT, Batch, Link, News, Rendering
from holdfast.hub.log import Log
from holdfast.hub.options import ChannelOptions
from holdfast.hub.overflow import POLICIES, Overflow, fold_for, up_to_limit

GONE = -1  # the cursor of a subscription that has ended


class Connection:
    """One client, as the hub knows it. The faces that users see derive from it."""

    __slots__ = ("__weakref__", "behind", "id", "link", "subscriptions", "user")

    def __init__(self, id: str, link: Link | None = None, user: Any = None) -> None:
        self.id = id
        self.link = link
        self.user = user
        self.subscriptions: dict[str, Subscription] = {}
        self.behind: dict[Subscription, None] = {}

    def gap(self, channel: str, missed: int) -> None:
        """Told whenever a policy skipped publications of this connection. Runs in the flush."""

    def lapsed(self, code: int, reason: str) -> None:
        """The hub must end this connection: by default its link is closed with the code."""
        if self.link is not None:
            self.link.close(code, reason)


class Subscription:
    """One connection in one channel. ``cursor`` is None while it stands at the head."""

    __slots__ = (
        "behind_since",
        "channel",
        "connection",
        "cursor",
        "missed",
        "policy",
        "rendering",
        "wait_until",
    )

    def __init__(
        self,
        connection: Connection,
        channel: "Channel",
        rendering: Rendering,
        overflow: Overflow | None,
    ) -> None:
        self.connection = connection
        self.channel = channel
        self.rendering = rendering
        self.policy = POLICIES[overflow or channel.options.overflow]
        self.cursor: int | None = None
        self.missed = 0  # publications its policy skipped, in all
        self.behind_since = 0.0  # hub clock, while behind
        self.wait_until = 0.0  # how long publishers wait for this fall; 0: none did yet


class Channel:
    """A log and those who read it."""

    __slots__ = (
        "_lap_mark",
        "_moved",
        "_offered_bytes",
        "_settled_bytes",
        "_shared",
        "behind",
        "dirty",
        "head",
        "log",
        "name",
        "not_before",
        "offered",
        "options",
        "pinned",
        "rendered",
        "settled",
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
        account = account or Account()
        self.log = _new_log(options, position, account)
        self.rendered = Batches(account)
        self.head: dict[Subscription, None] = {}
        self.behind: dict[Subscription, None] = {}  # in the order in which they fell
        self.offered = position.offset  # what the pass that runs, or ran last, goes up to
        self.settled = position.offset  # what everyone in ``head`` has been offered
        self.dirty = False
        self.not_before = 0.0  # hub clock: with a ``flush_interval``, when its next pass is due
        self.pinned = False  # stays without subscribers: somebody else ends it
        self._offered_bytes = 0
        self._settled_bytes = 0
        self._lap_mark = position.offset + 1  # no cursor in ``behind`` is lapped below this tail
        self._shared: dict[Rendering, Sequence[Batch]] = {}
        self._moved: asyncio.Event | None = None

    # -- news ----------------------------------------------------------------------------------

    @property
    def position(self) -> Position:
        """Where the log ends."""
        return Position(self.log.epoch, self.log.head)

    def crowded(self, size: int = 0) -> bool:
        """Whether a quarter of the ring, or one write, of news waits to be offered."""
        waiting = self.log.head - self.settled
        if waiting == 0:
            return False
        bounds, quarter = self.log.bounds, self.log.bounds.bytes // 4
        if not self.options.flush_interval:  # else they wait on purpose, and may be conflated
            quarter = min(WRITE_LIMIT, quarter)
        used = self.log.written - self._settled_bytes
        return waiting >= bounds.count // 4 or used + size >= quarter

    def would_drop_news(self, size: int) -> bool:
        """Whether appending ``size`` bytes would evict what was not offered yet."""
        return self.log.tail_after(size) > self.settled + 1 and self.log.head > self.settled

    def begin_pass(self) -> None:
        """What is in the log now is what the pass offers; what comes later is the next one's."""
        self.dirty = False
        self.offered = self.log.head
        self._offered_bytes = self.log.written
        self.rendered.drop()
        self._shared.clear()

    def end_pass(self) -> None:
        """Everyone in ``head`` has been offered what the pass began with."""
        self.settled = self.offered
        self._settled_bytes = self._offered_bytes
        self._shared.clear()
        if not self.behind:  # nobody will ask again: a quiet channel holds no rendered bytes
            self.rendered.drop()

    def batches(self, rendering: Rendering, after: int, upto: int) -> Sequence[Batch]:
        """What brings one from ``after`` to ``upto``: one batch a write, shared by all such."""
        if after >= upto:  # also where the cache below still has what the last pass offered
            return ()
        shared = after == self.settled and upto == self.offered
        batches = self._shared.get(rendering) if shared else None
        if batches is None:
            batches = self._cut(rendering, after, upto)
            if shared:
                self._shared[rendering] = batches
        return batches

    def _cut(self, rendering: Rendering, after: int, upto: int) -> list[Batch]:
        batches: list[Batch] = []
        left = rendering.choose(self.log.read(after, upto))
        while left:
            piece = list(up_to_limit(left))
            left = left[len(piece) :]
            end = piece[-1].offset if left else upto
            batches.append(self.batch(rendering, News(after, end, piece)))
            after = end
        return batches

    def batch(self, rendering: Rendering, news: News) -> Batch:
        """The batch with these news, the same object for all who are given the same."""
        return self.rendered.get(self.name, self.log.epoch, rendering, news)

    def restart(self, position: Position) -> Sequence[Subscription]:
        """Begin a new log; everyone stands at its head. Returns those who stood in the old one."""
        for subscription in list(self.behind):
            self.catch_up(subscription)
        account = self.log.account
        self.rendered.drop()
        self.log.discard()
        self.log = _new_log(self.options, position, account)
        self.offered = self.settled = position.offset
        self._offered_bytes = self._settled_bytes = 0
        self._shared.clear()
        for subscription in self.head:
            subscription.cursor = None
        return list(self.head)

    # -- places --------------------------------------------------------------------------------

    def add(self, subscription: Subscription, cursor: int) -> None:
        """A new subscriber, standing after ``cursor``: at the head, or in its list from there."""
        self.head[subscription] = None
        subscription.cursor = None if cursor == self.settled == self.offered else cursor

    def fall_behind(self, subscription: Subscription, cursor: int, now: float) -> None:
        """Its socket takes no more: out of the head list, so that it costs nothing."""
        if subscription.cursor == GONE:  # it ended in the very write that filled the socket
            return
        self.head.pop(subscription, None)
        if not self.behind:
            self._lap_mark = cursor + 1
        self._lap_mark = min(self._lap_mark, cursor + 1)
        subscription.cursor = cursor
        subscription.behind_since = now
        subscription.wait_until = 0.0
        self.behind[subscription] = None
        subscription.connection.behind[subscription] = None

    def catch_up(self, subscription: Subscription) -> None:
        """It has been given everything up to ``offered`` or more: back into the head list."""
        self._leave_behind(subscription)
        self.head[subscription] = None
        if subscription.cursor == self.offered == self.settled:
            subscription.cursor = None

    def remove(self, subscription: Subscription) -> None:
        """It has left, or its connection ended."""
        self._leave_behind(subscription)
        self.head.pop(subscription, None)
        subscription.cursor = GONE

    def _leave_behind(self, subscription: Subscription) -> None:
        if subscription in self.behind:
            del self.behind[subscription]
            del subscription.connection.behind[subscription]
            self.progress()

    def lapped(self) -> Sequence[Subscription]:
        """Those behind whose policy allows no gap and whose next publication has been evicted.

        Scans only when the tail has passed the lowest cursor: the stuck cost nothing per message.
        """
        tail = self.log.tail
        if not self.behind or tail <= self._lap_mark:
            return ()
        cursors = [s.cursor + 1 for s in self.behind if s.cursor is not None]
        self._lap_mark = min((c for c in cursors if c >= tail), default=self.log.head + 1)
        return [
            s
            for s in self.behind
            if s.policy is POLICIES["close"] and s.cursor is not None and s.cursor + 1 < tail
        ]

    # -- publishers that wait ------------------------------------------------------------------

    def progress(self) -> None:
        """Wake the publishers that wait for someone behind."""
        if self._moved is not None:
            self._moved.set()
            self._moved = None

    def moved(self) -> asyncio.Event:
        """Set at the next ``progress``."""
        if self._moved is None:
            self._moved = asyncio.Event()
        return self._moved


def _new_log(options: ChannelOptions, position: Position, account: Account) -> Log:
    fold = fold_for(options.overflow, options.fold_bytes)
    return Log(position.epoch, position.offset, options.bounds(), fold, account)
