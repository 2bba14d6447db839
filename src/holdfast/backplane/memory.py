"""The memory backplane: one process, any number of event loops and threads."""

import asyncio
import secrets
import threading
import time
from collections import OrderedDict, deque

from holdfast.backplane.port import Deliver, Message, Position, Publication

IDLE_CHANNELS = 10_000  # counters kept for channels that nobody watches


class Exchange:
    """What the memory backplanes of one process share: the offsets, and each other.

    A process has several loops more often than one would think: Starlette's TestClient runs each
    connection in a loop of its own unless it is used with ``with``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: list[Memory] = []
        self._watched: dict[str, int] = {}
        self._positions: OrderedDict[str, Position] = OrderedDict()

    def join(self, member: "Memory") -> None:
        """Deliver everything to this one too."""
        with self._lock:
            self._members.append(member)

    def leave(self, member: "Memory") -> None:
        """Deliver nothing more to it."""
        with self._lock:
            self._members = [other for other in self._members if other is not member]

    def watch(self, channel: str) -> Position:
        """Keep the channel's counter until it is unwatched as often as it was watched."""
        with self._lock:
            self._watched[channel] = self._watched.get(channel, 0) + 1
            return self._position(channel)

    def unwatch(self, channel: str) -> None:
        """Undo one ``watch``."""
        with self._lock:
            left = self._watched.pop(channel, 1) - 1
            if left > 0:
                self._watched[channel] = left

    def publish(self, channel: str, message: Message) -> Position:
        """Give the message its offset and hand it to every member, in offset order."""
        with self._lock:
            position = self._position(channel)
            position = Position(position.epoch, position.offset + 1)
            self._positions[channel] = position
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


class Memory:
    """The backplane of one loop, over the process's ``Exchange``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._deliver: Deliver | None = None
        self.inbox: deque[tuple[str, str, Publication]] = deque()

    def start(self, deliver: Deliver) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._deliver = deliver
        self._exchange.join(self)

    async def watch(self, channel: str) -> Position:
        return self._exchange.watch(channel)

    def unwatch(self, channel: str) -> None:
        self._exchange.unwatch(channel)

    async def publish(self, channel: str, message: Message) -> Position:
        return self._exchange.publish(channel, message)

    def publish_nowait(self, channel: str, message: Message) -> None:
        self._exchange.publish(channel, message)

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
            if threading.get_ident() != self._thread or loop.is_closed():
                loop.call_soon_threadsafe(self._drain)
            else:
                self._drain()
        except RuntimeError:  # that loop has been closed without a word: a TestClient's
            self._exchange.leave(self)

    def _drain(self) -> None:
        while self.inbox and self._deliver is not None:
            self._deliver(*self.inbox.popleft())
