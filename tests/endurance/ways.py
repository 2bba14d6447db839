"""The ways in which a connection begins and ends: what one client does, from connect to its end."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from holdfast.testing import GARBAGE, HandshakeRefused, Peer, opening_request, until
from tests.endurance.counts import LARGEST

COLUMNS = ("own", "plain")
WAITERS = ("idles", "receives", "listens/{}", "works", "cleans")
ROOMS = 20
STALL = 0.4  # seconds that a client stalls before it is gone
CLOSED = 7  # the state of a TCP connection that was reset, as Linux numbers it
PATIENCE = 30.0  # seconds that anything may take on a busy machine


class Surprise(Exception):
    """A server did something else than it should."""


class Visit(NamedTuple):
    """What a way is given."""

    port: int
    source: str
    chance: random.Random

    def column(self) -> str:
        return self.chance.choice(COLUMNS)

    def waiter(self) -> str:
        """The path of some handler that waits."""
        handler = self.chance.choice(WAITERS).format(self.chance.randrange(ROOMS))
        return f"/{self.column()}/{handler}"

    async def connect(self, path: str, receive_buffer: int = 0, origin: str = "") -> Peer:
        return await Peer.connect(
            self.port,
            path,
            source=self.source,
            origin=origin,
            receive_buffer=receive_buffer,
            timeout=PATIENCE,
        )

    async def dial(self) -> Peer:
        return await Peer.dial(self.port, source=self.source, timeout=PATIENCE)


async def ended_with(peer: Peer, *codes: int | None) -> None:
    """The server ends it, with one of these close codes."""
    code = await peer.end(PATIENCE)
    if code not in codes:
        raise Surprise(f"{peer.path} was closed with {code} {peer.reason}, not {codes}")


async def closes(visit: Visit) -> None:
    """Say something, hear it, close."""
    peer = await visit.connect(f"/{visit.column()}/echoes")
    peer.send_text("hello")
    while await peer.receive_text(PATIENCE) != "hello":
        pass
    peer.close()
    await ended_with(peer, 1000)


async def resets(visit: Visit) -> None:
    peer = await visit.connect(visit.waiter())
    peer.reset()
    await peer.end(PATIENCE)


async def vanishes(visit: Visit) -> None:
    peer = await visit.connect(visit.waiter())
    peer.vanish()
    await peer.end(PATIENCE)


async def leaves_early(visit: Visit) -> None:
    """Half of the handshake, and gone."""
    peer = await visit.dial()
    request = opening_request(visit.waiter())
    peer.write(request[: visit.chance.randrange(1, len(request) - 1)])
    await asyncio.sleep(0)
    visit.chance.choice([peer.vanish, peer.reset])()
    await peer.end(PATIENCE)


async def leaves_at_once(visit: Visit) -> None:
    """The whole of it, and gone before the answer."""
    peer = await visit.dial()
    peer.write(opening_request(visit.waiter()))
    await asyncio.sleep(0)
    visit.chance.choice([peer.vanish, peer.reset])()
    await peer.end(PATIENCE)


async def talks_garbage(visit: Visit) -> None:
    kind = visit.chance.choice([*GARBAGE, "random"])
    peer = await visit.connect(f"/{visit.column()}/echoes")
    peer.garbage(kind, visit.chance.randrange(1 << 30))
    await asyncio.sleep(0.01)  # pacing
    peer.reset()  # not all of it is known to be garbage before more comes
    await peer.end(PATIENCE)


async def sends_too_much(visit: Visit) -> None:
    peer = await visit.connect(f"/{visit.column()}/echoes")
    peer.send_text("x" * (LARGEST + 1))
    await ended_with(peer, 1009)


async def breaks_off(visit: Visit) -> None:
    """In the middle of a message."""
    peer = await visit.connect(f"/{visit.column()}/echoes")
    peer.write(b"\x81\xfe\x27\x10" + bytes(4) + bytes(visit.chance.randrange(9_000)))
    await asyncio.sleep(0)
    visit.chance.choice([peer.vanish, peer.reset])()
    await peer.end(PATIENCE)


async def stalls(visit: Visit) -> None:
    """Read nothing of what is sent without end, and reset after a while."""
    peer = await visit.connect(f"/{visit.column()}/floods", receive_buffer=4096)
    peer.stall()
    await asyncio.sleep(STALL)  # pacing
    peer.reset()
    await peer.end(PATIENCE)


async def stalls_for_good(visit: Visit) -> None:
    """The server has to end that."""
    peer = await visit.connect(f"/{visit.column()}/floods", receive_buffer=4096)
    peer.stall()
    await until(lambda: state(peer) == CLOSED, PATIENCE)
    peer.resume()
    await ended_with(peer, None)


def state(peer: Peer) -> int:
    """Of its TCP connection: who reads nothing is not told of a reset."""
    return peer.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


async def is_let_go(visit: Visit) -> None:
    """By a handler that returns."""
    peer = await visit.connect(f"/{visit.column()}/returns")
    await ended_with(peer, 1000)


async def is_closed(visit: Visit) -> None:
    peer = await visit.connect(f"/{visit.column()}/closes")
    peer.send_text("please")
    await ended_with(peer, 4000)


async def is_failed(visit: Visit) -> None:
    peer = await visit.connect(f"/{visit.column()}/fails")
    peer.send_text("fail")
    await ended_with(peer, 1011)


async def talks_nonsense(visit: Visit) -> None:
    """Five messages that are none, where JSON is expected."""
    peer = await visit.connect("/own/typed")
    for text in ("{", "[]", '{"id": "x"}', "null", '{"id": 1, "items": 7}'):
        peer.send_text(text)
    await ended_with(peer, 3509)


async def leaves_siblings(visit: Visit) -> None:
    """To a handler that waits in ``gather``."""
    peer = await visit.connect("/plain/gathers")
    peer.send_text("hello")
    await peer.receive_text(PATIENCE)
    visit.chance.choice([peer.vanish, peer.reset, peer.close])()
    await peer.end(PATIENCE)


async def is_refused(visit: Visit) -> None:
    """A page of somewhere else, or a path that is none."""
    foreign = visit.chance.random() < 0.5
    path = f"/{visit.column()}/echoes" if foreign else "/nowhere"
    try:
        await visit.connect(path, origin="https://evil.example" if foreign else "")
    except HandshakeRefused as error:
        if error.answer.status not in (403, 404):
            raise Surprise(f"{path} was refused with {error.answer.status}") from None
    else:
        raise Surprise(f"{path} was not refused")


async def views(visit: Visit) -> None:
    """A stream that ends, or one that does not."""
    if visit.chance.random() < 0.5:
        peer = await visit.connect(f"/own/words/{visit.chance.randrange(ROOMS)}")
        await ended_with(peer, 1000)
        return
    peer = await visit.connect("/own/ticks")
    await peer.receive_text(PATIENCE)
    visit.chance.choice([peer.vanish, peer.reset, peer.close])()
    await peer.end(PATIENCE)


async def views_events(visit: Visit) -> None:
    """The same as server-sent events."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", visit.port, local_addr=(visit.source, 0)
    )
    path = visit.chance.choice(["/own/ticks", f"/own/words/{visit.chance.randrange(ROOMS)}"])
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
    )
    try:
        async with asyncio.timeout(PATIENCE):
            head = await reader.readuntil(b"data:")
    finally:
        writer.transport.abort()
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise Surprise(f"{path} was answered with {head[:80]!r}")


Way = Callable[[Visit], Awaitable[None]]

WAYS: dict[Way, int] = {
    closes: 20,
    resets: 14,
    vanishes: 14,
    leaves_early: 6,
    leaves_at_once: 6,
    talks_garbage: 6,
    sends_too_much: 4,
    breaks_off: 5,
    stalls: 2,
    stalls_for_good: 1,
    is_let_go: 5,
    is_closed: 5,
    is_failed: 1,
    talks_nonsense: 2,
    leaves_siblings: 3,
    is_refused: 2,
    views: 2,
    views_events: 2,
}
"""How many of 100 cycles each takes."""
