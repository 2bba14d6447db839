"""``publish`` in a tight loop laps nobody who reads, and waits for nobody who does not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine

from holdfast.asgi.everyone import Everyone
from holdfast.backplane.memory import Exchange, Memory
from holdfast.backplane.port import Message
from holdfast.errors import CloseCode
from holdfast.hub.flow import Flow
from holdfast.hub.hub import Hub
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions, OptionTable

from .support import Peer, SocketLink, Text, offsets

WAIT = 0.2  # seconds
SEVERAL = WAIT * 10  # less than a wait for each would take


class Server:
    """A hub with flow control over the memory backplane, on the loop that runs."""

    def __init__(self, ring: Ring, wait: float = WAIT) -> None:
        table = OptionTable()
        table.add("news", ChannelOptions(ring=ring))
        self.hub = Hub(asyncio.get_running_loop(), table)
        self.flow = Flow(self.hub, wait)
        self.backplane = Memory(Exchange())
        self.backplane.start(Everyone(self.hub))
        self._made = 0

    async def joined(self, link: SocketLink) -> Peer:
        self._made += 1
        peer = Peer(f"c{self._made}", link)
        self.hub.open(peer)
        if "news" not in self.hub.channels:
            await self.backplane.watch("news")
        channel = self.hub.channels["news"]
        self.hub.subscribe(peer, channel, Text())
        return peer

    async def publish(self, times: int, data: str = "x") -> None:
        for _ in range(times):
            message = Message(data)
            await self.flow.admit("news", message.size)
            await self.backplane.publish("news", message)


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.001)  # polling


async def reads(link: SocketLink, every: float) -> None:
    """A peer that empties its socket steadily."""
    while not link.dead:
        await asyncio.sleep(every)  # pacing
        link.room = 0
        link.drain(2000)


class Counted(SocketLink):
    """Keeps the offsets only: a hundred thousand batches need not be remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.on_write = self._count

    def _count(self, batches: object) -> None:
        for batch in batches:  # type: ignore[attr-defined]
            assert batch.after == self.seen
            self.seen = batch.upto
        self.writes.clear()


async def test_a_tight_loop_reaches_every_healthy_subscriber() -> None:
    server = Server(Ring())
    links = [Counted() for _ in range(3)]
    for link in links:
        await server.joined(link)
    await server.publish(100_000)
    await until(lambda: all(link.seen == 100_000 for link in links))
    assert server.flow.waits == 0


async def test_a_stuck_subscriber_is_waited_for_once() -> None:
    server = Server(Ring(16))
    stuck = await server.joined(SocketLink(0))
    healthy = await server.joined(Counted())
    start = time.monotonic()
    await server.publish(2000)
    took = time.monotonic() - start
    assert WAIT * 0.8 <= took <= SEVERAL
    assert server.flow.waits == 1
    await until(lambda: healthy.socket.seen == 2000)  # type: ignore[attr-defined]
    assert stuck.lapses[0][0] == CloseCode.GAP


async def test_many_that_are_stuck_from_the_same_moment_cost_one_wait() -> None:
    server = Server(Ring(16))
    for _ in range(50):
        await server.joined(SocketLink(0))
    start = time.monotonic()
    await server.publish(500)
    assert time.monotonic() - start <= SEVERAL
    assert server.flow.waits == 1


async def test_one_who_reads_steadily_is_not_lapped() -> None:
    server = Server(Ring(16, 4096))
    link = SocketLink(2000)
    peer = await server.joined(link)
    reading = asyncio.create_task(reads(link, 0.001))
    await server.publish(1000, "x" * 200)
    await until(lambda: offsets(peer)[-1:] == [1000])
    reading.cancel()
    assert offsets(peer) == list(range(1, 1001))
    assert server.flow.waits > 0


async def test_several_publishers_at_once_lap_nobody_who_reads() -> None:
    server = Server(Ring(8, 4096))
    link = SocketLink(2000)
    peer = await server.joined(link)
    reading = asyncio.create_task(reads(link, 0.001))
    publishers: list[Coroutine[object, object, None]] = [server.publish(40) for _ in range(25)]
    await asyncio.gather(*publishers)
    await until(lambda: offsets(peer)[-1:] == [1000])
    reading.cancel()
    assert offsets(peer) == list(range(1, 1001))


async def test_publish_nowait_never_waits() -> None:
    server = Server(Ring(16))
    healthy = await server.joined(Counted())
    await server.joined(SocketLink(0))
    for _ in range(5000):
        server.backplane.publish_nowait("news", Message("x"))
    assert healthy.socket.seen >= 4996  # type: ignore[attr-defined]
    assert server.flow.waits == 0
    await until(lambda: healthy.socket.seen == 5000)  # type: ignore[attr-defined]


async def test_a_wait_ends_when_the_one_waited_for_leaves() -> None:
    server = Server(Ring(16), wait=20)
    stuck = await server.joined(SocketLink(0))
    publishing = asyncio.create_task(server.publish(100))
    await until(lambda: server.flow.waits == 1)
    start = time.monotonic()
    server.hub.close(stuck)
    await publishing
    assert time.monotonic() - start < 10
