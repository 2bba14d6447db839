"""Doubles of the hub's ports: a loop run turn by turn, a link with a bounded socket buffer."""

from __future__ import annotations

import heapq
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from typing_extensions import override

from holdfast.backplane.port import HistoryPage, Position, Publication
from holdfast.hub.budget import Budget
from holdfast.hub.channel import Channel, Connection
from holdfast.hub.hub import Hub
from holdfast.hub.link import Batch, Link, Rendering
from holdfast.hub.options import ChannelOptions, OptionTable

EPOCH = "e1"
ENDLESS = 1 << 60


class Timer:
    """What ``call_later`` gives back."""

    def __init__(self, callback: Callable[[], Any]) -> None:
        self.fire = callback

    def cancel(self) -> None:
        self.fire = lambda: None


class TurnLoop:
    """The loop that the hub sees: nothing happens until ``turn()``; the clock is ours."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.cost_of_a_look = 0.0  # seconds that pass whenever someone asks for the time
        self._ready: deque[Callable[[], Any]] = deque()
        self._timers: list[tuple[float, int, Timer]] = []
        self._tickets = count()

    def time(self) -> float:
        self.now += self.cost_of_a_look
        return self.now

    def call_soon(self, callback: Callable[[], Any], /) -> None:
        self._ready.append(callback)

    def call_soon_threadsafe(self, callback: Callable[[], Any], /) -> None:
        self.call_soon(callback)

    def is_closed(self) -> bool:
        return False

    def call_later(self, delay: float, callback: Callable[[], Any], /) -> Timer:
        timer = Timer(callback)
        heapq.heappush(self._timers, (self.now + delay, next(self._tickets), timer))
        return timer

    @property
    def idle(self) -> bool:
        return not self._ready

    @property
    def timers(self) -> int:
        return len(self._timers)

    def turn(self) -> None:
        """What was ready when the turn began; what that calls for is the next turn's."""
        while self._timers and self._timers[0][0] <= self.now:
            self._ready.append(heapq.heappop(self._timers)[2].fire)
        for _ in range(len(self._ready)):
            self._ready.popleft()()

    def turns(self, at_most: int = 10_000) -> int:
        """Turns until nothing is ready any more."""
        for number in range(at_most):
            if self.idle:
                return number
            self.turn()
        raise AssertionError("the loop never comes to rest")

    def advance(self, seconds: float) -> None:
        self.now += seconds
        self.turn()
        self.turns()


@dataclass(frozen=True)
class Text(Rendering):
    """Renders the data one after another; ``name`` tells renderings apart."""

    name: str = "text"

    @override
    def render(self, batch: Batch) -> bytes:
        RENDERED[self] += 1
        return b"".join(
            p.data.encode() if isinstance(p.data, str) else p.data for p in batch.publications
        )


RENDERED: dict[Rendering, int] = defaultdict(int)


class SocketLink(Link):
    """A socket whose kernel buffer has ``room`` for some more bytes; the rest is held here."""

    def __init__(self, room: int = ENDLESS) -> None:
        self.paused = False
        self.on_writable: Callable[[], None] = lambda: None
        self.room = room
        self.held = 0
        self.dropped = 0  # bytes that an abort took from what was held
        self.writes: list[list[Any]] = []  # batches and direct messages, by write
        self.closed: tuple[int, str] | None = None
        self.aborted = False
        self.on_write: Callable[[Sequence[Batch]], None] = lambda batches: None
        self.broken: Callable[[], None] | None = None  # called by the next write

    @property
    def outbox(self) -> int:
        return self.held

    @property
    def dead(self) -> bool:
        return self.closed is not None or self.aborted

    @property
    def batches(self) -> list[Batch]:
        return [item for write in self.writes for item in write if isinstance(item, Batch)]

    @property
    def text(self) -> str:
        return b"".join(batch.payload for batch in self.batches).decode()

    @override
    def write(self, batches: Sequence[Batch]) -> None:
        if self.dead:
            return
        if self.broken is not None:
            broken, self.broken = self.broken, None
            broken()
            return
        size = sum(len(batch.payload) for batch in batches)
        self.on_write(batches)
        self.writes.append(list(batches))
        self._take(size)

    def direct(self, message: str) -> None:
        """A message of the connection's own, past the hub."""
        self.writes.append([message])
        self._take(len(message))

    def _take(self, size: int) -> None:
        assert not self.dead
        accepted = min(self.room, size) if not self.held else 0
        self.room -= accepted
        self.held += size - accepted
        self.paused = self.held > 0

    def stall(self) -> None:
        """The peer reads no more."""
        self.room = 0

    def drain(self, size: int = ENDLESS) -> None:
        """The peer reads ``size`` bytes."""
        self.room += size
        moved = min(self.room, self.held)
        self.held -= moved
        self.room -= moved
        if self.paused and not self.held:
            self.paused = False
            self.on_writable()

    @override
    def close(self, code: int, reason: str) -> None:
        if not self.dead:
            self.closed = (code, reason)

    @override
    def abort(self) -> None:
        self.aborted = True
        self.dropped += self.held
        self.held = 0


class Peer(Connection):
    """A connection that remembers what the hub told it."""

    __slots__ = ("gaps", "lapses")

    def __init__(self, id: str, link: SocketLink) -> None:
        super().__init__(id, link)
        self.gaps: list[tuple[str, int]] = []
        self.lapses: list[tuple[int, str]] = []

    @property
    def socket(self) -> SocketLink:
        assert isinstance(self.link, SocketLink)
        return self.link

    @override
    def gap(self, channel: str, missed: int) -> None:
        self.gaps.append((channel, missed))

    @override
    def lapsed(self, code: int, reason: str) -> None:
        self.lapses.append((code, reason))
        super().lapsed(code, reason)


class World:
    """A hub, its loop, and a broker that counts offsets."""

    def __init__(self, budget: Budget | None = None, /, **patterns: ChannelOptions) -> None:
        self.loop = TurnLoop()
        table = OptionTable()
        for name, options in patterns.items():
            table.add(name, options)
        self.hub = Hub(self.loop, table, budget)
        self.positions: dict[str, Position] = {}
        self._ids = count()

    def open(self, room: int = ENDLESS) -> Peer:
        peer = Peer(f"c{next(self._ids)}", SocketLink(room))
        self.hub.open(peer)
        return peer

    def channel(self, name: str) -> Channel:
        position = self.positions.setdefault(name, Position(EPOCH, 0))
        return self.hub.begin(name, HistoryPage(position, ()))

    def join(
        self, peer: Connection, name: str = "news", rendering: Rendering | None = None, **more: Any
    ) -> bool:
        return self.hub.subscribe(peer, self.channel(name), rendering or Text(), **more)

    def joined(self, name: str = "news", room: int = ENDLESS, **more: Any) -> Peer:
        peer = self.open(room)
        self.join(peer, name, **more)
        return peer

    def publish(
        self,
        name: str = "news",
        data: str | bytes | None = None,
        key: str | None = None,
        at: float | None = None,
    ) -> Publication:
        epoch, offset, _ = self.positions.get(name, Position(EPOCH, 0))
        self.positions[name] = Position(epoch, offset + 1)
        publication = Publication(
            offset + 1, f"{offset + 1};" if data is None else data, key, (), at or time.time()
        )
        self.hub.deliver(name, epoch, publication)
        return publication


def offsets(peer: Peer, channel: str = "news") -> list[int]:
    """The offsets that this peer was given, in the order in which they were written."""
    return [p.offset for b in peer.socket.batches if b.channel == channel for p in b.publications]
