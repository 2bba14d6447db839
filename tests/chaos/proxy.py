"""A TCP proxy in front of the broker, that loses, delays, stalls and cuts what passes."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Literal

CHUNK = 64 * 1024

Direction = Literal["up", "down"]  # to the server, to the client
Pump = Callable[[Direction, asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class Proxy:
    """Forwards to a port of this machine; what is set on it holds for old and new connections.

    ``delay``: seconds that each chunk is held back, roughly. ``stalled``: directions in which
    nothing goes on, while the connection stays: half-open. ``truncate``: how probable it is that of
    a chunk only a part goes on, and then the connection is cut. ``refuses``: new connections are
    cut at once.
    """

    def __init__(self, target: int, chance: random.Random | None = None) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        self.stalled: set[Direction] = set()
        self.truncate = 0.0
        self.refuses = False
        self.accepted = 0
        self.cut = 0
        self._chance = chance or random.Random(0)
        self._server: asyncio.Server | None = None
        self._pairs: set[Pair] = set()
        self._moved = asyncio.Condition()

    async def start(self) -> None:
        """Listen on a free port of its own choice."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Take no more connections, and cut those there are."""
        assert self._server is not None
        self._server.close()
        await self.drop()
        await self._server.wait_closed()

    async def drop(self) -> None:
        """Cut every connection with an RST."""
        pairs, self._pairs = self._pairs, set()
        self.cut += len(pairs)
        for pair in pairs:
            pair.cut()
        await asyncio.gather(*(pair.done.wait() for pair in pairs))

    async def heal(self) -> None:
        """Forward everything again; what was stalled goes on."""
        self.delay = self.truncate = 0.0
        self.refuses = False
        await self.stall()

    async def stall(self, *directions: Direction) -> None:
        """From now on nothing goes on in these directions, and everything in the others."""
        self.stalled = set(directions)
        async with self._moved:
            self._moved.notify_all()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.refuses:
            writer.transport.abort()
            return
        try:
            server = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = Pair((reader, writer), server)
        self._pairs.add(pair)
        try:
            await pair.run(self._pump)
        finally:
            self._pairs.discard(pair)

    async def _pump(
        self,
        direction: Direction,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        while chunk := await reader.read(CHUNK):
            if self.delay:
                await asyncio.sleep(self.delay * self._chance.uniform(0.5, 1.5))  # pacing
            async with self._moved:
                await self._moved.wait_for(lambda: direction not in self.stalled)
            if self._chance.random() < self.truncate:
                writer.write(chunk[: self._chance.randrange(len(chunk))])
                self.cut += 1
                await writer.drain()
                return
            writer.write(chunk)
            await writer.drain()


class Pair:
    """A client's connection and the one to the server for it: they end together."""

    def __init__(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self.client = client
        self.server = server
        self.done = asyncio.Event()
        self._pumps: list[asyncio.Task[None]] = []

    async def run(self, pump: Pump) -> None:
        """Pump both ways until one of them ends; what has arrived by then is still written."""
        (up_reader, down_writer), (down_reader, up_writer) = self.client, self.server
        self._pumps = [
            asyncio.create_task(pump("up", up_reader, up_writer)),
            asyncio.create_task(pump("down", down_reader, down_writer)),
        ]
        try:
            await asyncio.wait(self._pumps, return_when=asyncio.FIRST_COMPLETED)
            for task in self._pumps:
                task.cancel()
            await asyncio.gather(*self._pumps, return_exceptions=True)
        finally:
            for writer in (up_writer, down_writer):
                writer.close()
            for writer in (up_writer, down_writer):
                with suppress(OSError):
                    await writer.wait_closed()
            self.done.set()

    def cut(self) -> None:
        """Reset both, and what they still hold is lost."""
        for _, writer in (self.client, self.server):
            at_once = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            writer.transport.abort()
        for task in self._pumps:
            task.cancel()
