"""Random and mutated frames from many clients, beside healthy ones that must not be harmed."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from holdfast.testing import HandshakeRefused, Peer, until
from tests.endurance.counts import left_over
from tests.endurance.logs import of_ours, of_server
from tests.endurance.mutants import FLOODS, GENTLE, MUTANTS, handshake
from tests.support.http import get_json
from tests.support.servers import Server

TARGETS = (
    *("/own/echoes", "/own/echoes", "/own/typed", "/own/typed", "/own/binary", "/own/receives"),
    *("/own/feed/a", "/own/ticks", "/own/listens/7", "/own/idles", "/plain/echoes"),
    *("/plain/echoes", "/plain/typed", "/plain/receives", "/plain/gathers", "/plain/idles"),
)
DEFLATE = {"sec-websocket-extensions": "permessage-deflate"}
FLOODED = 0.002  # of what is sent: a flood keeps a stock server busy for a second
# Its reader waits without end for room in the queue of an app that is over: a task for each.
DROWNS = {"hypercorn"}
PACE = 0.05  # seconds between two echoes of a healthy client
LINGER = 0.05  # seconds that one who fuzzes waits for what its last bytes bring about
REST = 20.0
SLOW = 5.0  # seconds for an echo that our own server must not need, busy machine or not
PATIENCE = 20.0  # seconds that a healthy client waits for an echo, on a busy machine


class Fuzzed(msgspec.Struct):
    """What a server was given, and how it bore that."""

    server: str
    seed: int
    seconds: float
    connections: int = 0
    refused: int = 0
    """Of them, those whose handshake was not accepted."""
    frames: int = 0
    codes: dict[str, int] = {}
    """How the server ended those who fuzzed; "none": they ended it, or without a close frame."""
    healthy: int = 0
    echoes: int = 0
    news: int = 0
    slowest: float = 0.0
    """Seconds that a healthy client waited for an echo, at most."""
    harm: list[str] = []
    """What healthy clients missed."""
    left: dict[str, Any] = {}
    """What was left afterwards, and how much more of it there is."""
    ours: list[str] = []
    """Tracebacks of our code, or that it lets through."""
    theirs: dict[str, int] = {}
    """Tracebacks of the server's own."""


class Healthy:
    """Sends numbers, and expects each of them back, in order; and all news, without a gap."""

    def __init__(self, column: str) -> None:
        self._column = column
        self.sent = 0
        self.echoed = 0
        self.news: list[int] = []
        self.slowest = 0.0
        self.harm: list[str] = []
        self._peer: Peer | None = None

    async def run(self, server: Server, stop: asyncio.Event) -> None:
        try:
            self._peer = await Peer.connect(
                server.port, f"/{self._column}/echoes", timeout=PATIENCE
            )
            while not stop.is_set():
                await self._echo()
                await asyncio.sleep(PACE)  # pacing
        except Exception as error:
            self.harm.append(f"{type(error).__name__}: {error}")

    async def _echo(self) -> None:
        assert self._peer is not None
        start = time.monotonic()
        self._peer.send_text(str(self.sent))
        self.sent += 1
        while (text := await self._peer.receive_text(PATIENCE)).startswith("news "):
            self._take_news(int(text.removeprefix("news ")))
        if text != str(self.echoed):
            self.harm.append(f"{text!r} came, where {self.echoed} was due")
        self.echoed += 1
        self.slowest = max(self.slowest, time.monotonic() - start)

    def _take_news(self, number: int) -> None:
        if self.news and number != self.news[-1] + 1:
            self.harm.append(f"news {number} came after {self.news[-1]}")
        self.news.append(number)

    async def leave(self) -> None:
        """Close as it should be."""
        if self._peer is not None:
            self._peer.close()
            if await self._peer.end(PATIENCE) != 1000:
                self.harm.append(f"closed with {self._peer.code} {self._peer.reason}")


class Fuzzing:
    """One server under fire."""

    def __init__(self, server: Server, seconds: float, seed: int, clients: int = 50) -> None:
        self._server = server
        self._clients = clients
        self._end = 0.0
        self.found = Fuzzed(server.kind, seed, seconds, codes=Counter(), theirs={})

    async def run(self) -> Fuzzed:
        server, found = self._server, self.found
        before = await get_json(server.port, "/state")
        stop = asyncio.Event()
        everybody = [Healthy(("own", "plain")[at % 2]) for at in range(self._clients)]
        keeping = [asyncio.create_task(healthy.run(server, stop)) for healthy in everybody]
        self._end = time.monotonic() + found.seconds
        chances = [random.Random(f"{found.seed} {at}") for at in range(self._clients)]
        await asyncio.gather(*(self._fuzz(chance) for chance in chances))
        stop.set()
        await asyncio.gather(*keeping)
        await asyncio.gather(*(healthy.leave() for healthy in everybody))
        self._note(everybody)
        found.left = await self._left(before)
        found.ours = of_ours(server.text)
        found.theirs = dict(of_server(server.text))
        return found

    async def _fuzz(self, chance: random.Random) -> None:
        """One connection after the other."""
        while time.monotonic() < self._end:
            self.found.connections += 1
            with suppress(OSError, TimeoutError):
                if chance.random() < 0.1:
                    await self._knock(chance)
                else:
                    await self._visit(chance)

    async def _knock(self, chance: random.Random) -> None:
        """With a bad handshake."""
        peer = await Peer.dial(self._server.port, timeout=PATIENCE, on_message=len)
        peer.write(handshake(chance))
        await asyncio.sleep(LINGER)  # pacing
        if peer.answer is None or peer.answer.status != 101:
            self.found.refused += 1
        await self._leave(peer, chance)

    async def _visit(self, chance: random.Random) -> None:
        headers = DEFLATE if chance.random() < 0.3 else {}
        path = chance.choice(TARGETS)
        try:
            peer = await Peer.connect(
                self._server.port, path, headers=headers, timeout=PATIENCE, on_message=len
            )
        except HandshakeRefused:
            self.found.refused += 1
            return
        for _ in range(chance.randrange(1, 12)):
            if peer.ended.is_set():
                break
            data = chance.choice(self._kinds(chance.random()))(chance)
            self.found.frames += 1
            for part in pieces(data, chance):
                peer.write(part)
                await asyncio.sleep(chance.choice([0, 0, 0.005]))  # pacing
        await asyncio.sleep(LINGER)  # pacing
        await self._leave(peer, chance)

    def _kinds(self, number: float) -> Sequence[Callable[[random.Random], bytes]]:
        """By a number below 1: a few floods, and of the others half and half."""
        if number < FLOODED and self._server.kind not in DROWNS:
            return FLOODS
        return GENTLE if number < 0.5 else MUTANTS

    async def _leave(self, peer: Peer, chance: random.Random) -> None:
        code = peer.code
        chance.choice([peer.reset, peer.vanish, peer.transport.abort])()
        await peer.end(PATIENCE)
        self.found.codes[str(code or "none")] = self.found.codes.get(str(code or "none"), 0) + 1

    def _note(self, everybody: list[Healthy]) -> None:
        found = self.found
        found.healthy = len(everybody)
        found.echoes = sum(healthy.echoed for healthy in everybody)
        found.news = sum(len(healthy.news) for healthy in everybody)
        found.slowest = round(max(healthy.slowest for healthy in everybody), 2)
        found.harm = [said for healthy in everybody for said in healthy.harm]

    async def _left(self, before: dict[str, Any]) -> dict[str, Any]:
        async def is_as_before() -> bool:
            return not left_over(await get_json(self._server.port, "/state"), before)

        with suppress(TimeoutError):
            await until(is_as_before, REST)
        return left_over(await get_json(self._server.port, "/state"), before)


def pieces(data: bytes, chance: random.Random) -> list[bytes]:
    """Mostly at once, sometimes in two."""
    if len(data) < 2 or chance.random() < 0.7:
        return [data]
    at = chance.randrange(1, len(data))
    return [data[:at], data[at:]]


def complaints(found: Fuzzed) -> list[str]:
    """What is wrong."""
    said = [f"left: {key}: {value}" for key, value in found.left.items()]
    if found.server == "holdfast":  # then the server's own code is ours
        said += [f"{count} times {what}" for what, count in found.theirs.items()]
        if found.slowest > SLOW:
            said.append(f"a healthy client waited {found.slowest} s for an echo")
    return [*found.harm, *said, *found.ours]
