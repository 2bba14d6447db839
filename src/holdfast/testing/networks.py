"""A network that can be cut: a TCP proxy between a client, a browser say, and a server."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import closing
from typing import Any, Self

from holdfast.testing.waiting import DEADLINE


class Cut:
    """Forwards its ``port`` to another one on this machine, until it is cut.

    For clients that are no ``Peer``, in this process or another; it runs in a thread of its own,
    so it serves tests of both kinds.

    >>> with Cut(server.port) as network:
    ...     page.goto(network.url)
    ...     network.silently()
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._flowing = asyncio.Event()
        self._pumps: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.restore()

    @property
    def url(self) -> str:
        """The server's first page, through this network."""
        return f"http://127.0.0.1:{self.port}/"

    def silently(self) -> None:
        """Let no byte through, and tell nobody, as where a phone loses its network.

        A new connection hangs. What was under way arrives after all when the network is back.
        """
        self._do(self._hush())

    def hard(self) -> None:
        """Break every connection and refuse new ones."""
        self._do(self._break())

    def restore(self) -> None:
        """Let everything through again."""
        self._do(self._mend())

    def close(self) -> None:
        """End it for good."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE)

    async def _hush(self) -> None:
        self._flowing.clear()

    async def _mend(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]
        self._flowing.set()

    async def _break(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for pump in self._pumps:
            pump.cancel()
        if self._pumps:
            await asyncio.wait(self._pumps)
        await asyncio.sleep(0)  # for the transports' last callbacks

    async def _end(self) -> None:
        """A connection that was accepted a moment ago must begin before it can be closed."""
        await self._break()
        while len(asyncio.all_tasks()) > 1:
            await self._break()

    async def _connected(self, down: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Forward one connection, both ways, until either side ends it."""
        task = asyncio.current_task()
        assert task is not None
        self._pumps.add(task)
        task.add_done_callback(self._pumps.discard)
        try:
            with closing(back.transport):
                await self._flowing.wait()
                up, forth = await asyncio.open_connection("127.0.0.1", self._target)
                with closing(forth.transport):
                    await self._pump_both((down, forth), (up, back))
        except (OSError, asyncio.CancelledError):
            return

    async def _pump_both(self, *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        pumps = [asyncio.create_task(self._pump(*way)) for way in ways]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flowing.wait()
            target.write(data)
            await target.drain()
