"""The memory backplane: one process, any number of event loops and threads."""

import asyncio
import secrets
import threading
import time
from collections import Counter, OrderedDict, deque

from typing_extensions import override

from holdfast.backplane.port import Backplane, Deliver, Message, Position, Publication

IDLE_CHANNELS = 10_000  # counters kept for channels that nobody watches


class Exchange:
    """What the memory backplanes of one process share: the offsets, and each other.

    A process has several loops more often than one would think: Starlette's TestClient runs each
    connection in a loop of its own unless it is used with ``with``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: list[Memory] = []
        self._watched: Counter[str] = Counter()
        self._watches: dict[Memory, Counter[str]] = {}
        self._positions: OrderedDict[str, Position] = OrderedDict()

    def join(self, member: "Memory") -> None:
        """Deliver everything to this one too."""
        with self._lock:
            self._members = [*self._members, member]
            self._watches[member] = Counter()

    def leave(self, member: "Memory") -> None:
        """Deliver nothing more to it, and undo its watches."""
        with self._lock:
            self._members = [other for other in self._members if other is not member]
            for channel, times in self._watches.pop(member, Counter()).items():
                _take(self._watched, channel, times)

    def watch(self, member: "Memory", channel: str) -> tuple[Position, int]:
        """Keep the channel's counter until it is unwatched as often as it was watched.

        Returns its position, and how much in the member's inbox came before that.
        """
        with self._lock:
            self._watched[channel] += 1
            self._watches[member][channel] += 1
            return self._position(channel), len(member.inbox)

    def unwatch(self, member: "Memory", channel: str) -> None:
        """Undo one ``watch`` of this member; nothing if it has none left."""
        with self._lock:
            watches = self._watches.get(member)
            if watches and channel in watches:
                _take(watches, channel, 1)
                _take(self._watched, channel, 1)

    def publish(self, channel: str, message: Message) -> Position:
        """Give the message its offset and hand it to every member, in offset order."""
        with self._lock:
            position = self._position(channel)
            position = Position(position.epoch, position.offset + 1)
            self._positions[channel] = position
            self._positions.move_to_end(channel)
            publication = Publication(
                position.offset, message.data, message.key, message.tags, time.time()
            )
            members = self._members
            for member in members:
                member.inbox.append((channel, position.epoch, publication))
        for member in members:
            member.wake()
        return position

    def _position(self, channel: str) -> Position:
        position = self._positions.get(channel)
        if position is None:
            self._forget_idle()
            position = self._positions[channel] = Position(secrets.token_hex(4), 0)
        return position

    def _forget_idle(self) -> None:
        """A name published to once must not stay for ever: it would begin anew, as a new epoch."""
        for _ in range(2):  # two out for one in: the table shrinks back
            if len(self._positions) - len(self._watched) < IDLE_CHANNELS:
                return
            name, position = self._positions.popitem(last=False)
            if name in self._watched:
                self._positions[name] = position


class Memory(Backplane):
    """The backplane of one loop, over the process's ``Exchange``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._loop: asyncio.AbstractEventLoop | None = None
        self._deliver: Deliver | None = None
        self._draining = False
        self.inbox: deque[tuple[str, str, Publication]] = deque()

    @override
    def start(self, deliver: Deliver) -> None:
        self._loop = asyncio.get_running_loop()
        self._deliver = deliver
        self._exchange.join(self)

    @override
    async def watch(self, channel: str) -> Position:
        position, before = self._exchange.watch(self, channel)
        # What other threads published up to that position must not arrive after the answer: the
        # new log would take it for a break.
        for _ in range(before):
            self._deliver_one()
        return position

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
        self._deliver = None

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
            while self.inbox and self._deliver is not None:
                self._deliver_one()
        finally:
            self._draining = False

    def _deliver_one(self) -> None:
        if self.inbox and self._deliver is not None:
            self._deliver(*self.inbox.popleft())


def _take(counts: Counter[str], channel: str, times: int) -> None:
    counts[channel] -= times
    if counts[channel] <= 0:
        del counts[channel]
