"""The memory backplane: one process, any number of event loops and threads."""

import asyncio
import logging
import secrets
import threading
import time
from collections import OrderedDict, deque
from typing import NamedTuple

from typing_extensions import override

from holdfast.backplane.once import Once
from holdfast.backplane.port import (
    Backplane,
    Health,
    HistoryPage,
    Message,
    Position,
    Publication,
    Sink,
)

log = logging.getLogger("holdfast")

HEALTHY = Health()
IDLE_CHANNELS = 10_000  # counters kept for channels that nobody watches


class Watch(NamedTuple):
    """Who watches a channel, and what it begins with. Many share one, so none is ever changed."""

    origin: str
    watchers: "tuple[Memory, ...]" = ()  # each as often as it watches

    def start(self, channel: str) -> Position:
        """Where it stands before its first publication.

        The epoch is of this channel only: a position in another must not pass for one in this.
        """
        return Position(f"{hash((self.origin, channel)) & 0xFFFFFFFF:08x}", 0)


class Exchange:
    """What the memory backplanes of one process share: the offsets, and each other.

    A process has several loops more often than one would think: Starlette's TestClient runs each
    connection in a loop of its own unless it is used with ``with``.

    Most channels of a large application wait for their first publication. Such a channel costs
    an entry in one dict (38 bytes): all that one member watches once share a ``Watch``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: list[Memory] = []
        self._watched: dict[str, Watch] = {}
        self._busy: dict[str, Position] = {}  # watched, and published to
        self._idle: OrderedDict[str, Position] = OrderedDict()  # published to; first used first
        self._origin = ""  # of the channels that begin now
        self._first: dict[Memory, Watch] = {}  # of a channel that begins by a member's watch
        self._once = Once()
        self._renew()

    def join(self, member: "Memory") -> None:
        """Deliver everything to this one too."""
        with self._lock:
            self._members = [*self._members, member]
            self._first[member] = Watch(self._origin, (member,))

    def leave(self, member: "Memory") -> None:
        """Deliver nothing more to it, and undo its watches."""
        with self._lock:
            self._members = [other for other in self._members if other is not member]
            self._first.pop(member, None)
            theirs = [name for name, one in self._watched.items() if member in one.watchers]
            for channel in theirs:
                watchers = self._watched[channel].watchers
                self._keep(channel, tuple(other for other in watchers if other is not member))

    def watch(self, member: "Memory", channel: str) -> tuple[Position, int]:
        """Keep the channel's counter until it is unwatched as often as it was watched.

        Returns its position, and how much in the member's inbox came before that.
        """
        with self._lock:
            watch = self._first[member]
            watched = self._watched.get(channel)
            if watched is not None:
                watch = watched._replace(watchers=(*watched.watchers, member))
            elif channel in self._idle:
                self._busy[channel] = self._idle.pop(channel)
            else:
                self._forget_idle()
            self._watched[channel] = watch
            return self._busy.get(channel) or watch.start(channel), len(member.inbox)

    def unwatch(self, member: "Memory", channel: str) -> None:
        """Undo one ``watch`` of this member; nothing if it has none left."""
        with self._lock:
            watched = self._watched.get(channel)
            if watched is not None and member in watched.watchers:
                at = watched.watchers.index(member)
                self._keep(channel, watched.watchers[:at] + watched.watchers[at + 1 :])

    def publish(self, channel: str, message: Message) -> Position:
        """Give the message its offset and hand it to every member, in offset order."""
        with self._lock:
            if message.idempotency_key is not None or message.version is not None:
                if (had := self._once.had(channel, message)) is not None:
                    return had
                if self._once.outdated(channel, message):
                    return self._position(channel)
            position = self._advance(channel)
            self._once.remember(channel, message, position)
            publication = Publication(
                position.offset, message.data, message.key, message.tags, time.time()
            )
            members = self._members
            for member in members:
                member.inbox.append((channel, position.epoch, publication))
        for member in members:
            member.wake()
        return position

    def _advance(self, channel: str) -> Position:
        watched = self._watched.get(channel)
        positions = self._idle if watched is None else self._busy
        before = positions.get(channel)
        if before is None:
            if watched is None:
                self._forget_idle()
            before = (watched or Watch(self._origin)).start(channel)
        position = positions[channel] = Position(before.epoch, before.offset + 1)
        if watched is None:
            self._idle.move_to_end(channel)
        return position

    def _position(self, channel: str) -> Position:
        """Where a channel stands that was published to."""
        found = self._busy.get(channel) or self._idle.get(channel)
        return found or self._watched.get(channel, Watch(self._origin)).start(channel)

    def _keep(self, channel: str, watchers: "tuple[Memory, ...]") -> None:
        """Go on with these watchers; without any, what was never published to leaves no trace."""
        if watchers:
            self._watched[channel] = self._watched[channel]._replace(watchers=watchers)
            return
        del self._watched[channel]
        if channel in self._busy:
            self._idle[channel] = self._busy.pop(channel)

    def _forget_idle(self) -> None:
        """A name published to once must not stay for ever: it would begin anew, as a new epoch.

        So none is forgotten with the origin that channels begin with now: it could begin with it
        again, and count the same positions twice. An earlier origin does not come back.
        """
        for _ in range(2):  # two out for one in: the table shrinks back
            if len(self._idle) < IDLE_CHANNELS:
                return
            channel, position = self._idle.popitem(last=False)
            if position.epoch == Watch(self._origin).start(channel).epoch:
                self._renew()

    def _renew(self) -> None:
        self._origin = secrets.token_hex(4)
        self._first = {member: Watch(self._origin, (member,)) for member in self._members}


class Memory(Backplane):
    """The backplane of one loop, over the process's ``Exchange``."""

    store = None

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sink: Sink | None = None
        self._draining = False
        self.inbox: deque[tuple[str, str, Publication]] = deque()

    @override
    def start(self, sink: Sink) -> None:
        self._loop = asyncio.get_running_loop()
        self._sink = sink
        self._exchange.join(self)

    @property
    @override
    def health(self) -> Health:
        return HEALTHY

    @override
    async def watch(self, channel: str, upto: Position | None = None) -> None:
        position, before = self._exchange.watch(self, channel)
        # What other threads published up to that position must not arrive after the beginning:
        # the new log would take it for a break.
        for _ in range(before):
            self._deliver_one()
        if self._sink is not None:
            self._sink.begin(channel, HistoryPage(position, ()))

    @override
    def unwatch(self, channel: str) -> None:
        self._exchange.unwatch(self, channel)

    @override
    async def publish(self, channel: str, message: Message) -> Position:
        return self._exchange.publish(channel, message)

    @override
    def publish_nowait(self, channel: str, message: Message) -> None:
        self._exchange.publish(channel, message)

    @override
    async def close(self) -> None:
        self._exchange.leave(self)
        self._loop = None
        self._sink = None

    def wake(self) -> None:
        """Deliver what is in the inbox: at once on our own loop, else when that comes round."""
        loop = self._loop
        if loop is None:
            return
        try:
            if asyncio._get_running_loop() is loop:
                self._drain()
            else:
                loop.call_soon_threadsafe(self._drain)
        except RuntimeError:  # that loop has been closed without a word: a TestClient's
            self._exchange.leave(self)

    def _drain(self) -> None:
        if self._draining:  # published from within a delivery: that loop goes on with it
            return
        self._draining = True
        try:
            while self.inbox and self._sink is not None:
                self._deliver_one()
        finally:
            self._draining = False

    def _deliver_one(self) -> None:
        if self.inbox and self._sink is not None:
            channel, epoch, publication = self.inbox.popleft()
            try:
                self._sink.deliver(channel, epoch, publication)
            except Exception:  # it is no business of who published, nor of those behind it
                log.exception("delivering to %r failed", channel)
