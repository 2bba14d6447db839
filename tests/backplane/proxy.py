"""A TCP proxy before a broker: what comes through it can be cut, swallowed and counted."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

from tests.support.servers import free_port


class Proxy:
    """On ``port`` it is the server on ``target``.

    >>> async with Proxy(server.port) as proxy:
    ...     proxy.cut()
    """

    def __init__(self, target: int, port: int = 0) -> None:
        self.target = target
        self.port = port or free_port()
        self.refusing = False
        """Every new connection is reset."""
        self.loses_answers = False
        """The next answer on any connection is lost, and its connection with it."""
        self.taken = 0
        """Connections so far, refused ones too."""
        self.brought = 0
        """Bytes that came for subscriptions."""
        self.largest = 0
        """Bytes of the longest answer to one thing that was asked."""
        self.lost = 0
        """Answers that were lost."""
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.delay = 0.0
        """Seconds before each answer to what was asked."""
        self.lag = 0.0
        """Seconds before each piece of what is subscribed to."""
        self._running: dict[int, int] = {}
        self._holds_asking = True
        self._asking: set[asyncio.StreamWriter] = set()
        self._loud = asyncio.Event()
        self._loud.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.go_on()
        self.refusing = True
        self.cut()
        while self._pipes:
            await asyncio.wait([*self._pipes], timeout=5)

    def cut(self) -> None:
        """Reset every connection."""
        for writer in self._writers:
            writer.transport.abort()

    def hold(self, subscriptions: bool = False) -> None:
        """Keep what is asked from now on (EVALSHA), or else what is subscribed to; the other way
        is open."""
        self._holds_asking = not subscriptions
        self._loud.clear()

    def go_on(self) -> None:
        """Pass it on."""
        self._loud.set()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pipes.add(task)
        task.add_done_callback(self._pipes.discard)
        self.taken += 1
        if self.refusing:
            writer.transport.abort()
            return
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            ends = {writer, far_writer}
            self._writers |= ends
            try:
                async with asyncio.TaskGroup() as group:
                    _ = group.create_task(self._pass(reader, far_writer, ends, answers=False))
                    _ = group.create_task(self._pass(far_reader, writer, ends, answers=True))
            finally:
                self._writers -= ends
                self._asking -= ends
            return
        writer.transport.abort()

    def _measure(self, ends: set[asyncio.StreamWriter], size: int) -> None:
        """Add to the answer that runs; nothing is the beginning of the next."""
        self._running[id(ends)] = self._running.get(id(ends), 0) + size if size else 0
        if ends <= self._asking:
            self.largest = max(self.largest, self._running[id(ends)])

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ends: set[asyncio.StreamWriter],
        answers: bool,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if not answers and b"EVALSHA" in data:
                    self._asking |= ends
                self._measure(ends, len(data) if answers else 0)
                if (writer in self._asking) is self._holds_asking:
                    await self._loud.wait()
                if answers:
                    slow = self.delay if writer in self._asking else self.lag
                    await asyncio.sleep(slow)  # pacing
                if answers and self.loses_answers:
                    self.loses_answers = False
                    self.lost += 1
                    break
                if answers and writer not in self._asking:
                    self.brought += len(data)
                writer.write(data)
                await writer.drain()
        for end in ends:  # both directions end together
            end.transport.abort()
