"""The stall test: clients that connect like any other, and then never read a byte."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from holdfast.demo.peers import open_stalled

RATE = 50  # messages a second
SIZE = 1024  # bytes of filler in each
LIMIT = 20.0  # seconds, after which the test ends whatever became of its clients
AFTERMATH = 2.0  # seconds that it goes on once the last one is gone, so that one sees it go on


@dataclass
class StalledClient:
    """One of them, and what became of it."""

    name: str
    ended: str = ""
    """Why the server ended it; empty while it is connected."""
    seconds: float = 0.0
    """How long it was connected."""


@dataclass(frozen=True)
class Progress:
    """One message of the test: filler for everybody, with the state of things."""

    number: int
    clients: list[StalledClient]
    done: bool = False
    filler: str = field(default="." * SIZE, repr=False)
    kind: str = "stall"


class StallTest:
    """Opens the clients, and publishes until the server has ended all of them."""

    def __init__(self, publish: Callable[[Progress], Awaitable[object]]) -> None:
        self._publish = publish
        self._clients: dict[str, StalledClient] = {}
        self._began = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """One at a time."""
        task = self._task
        return task is not None and not task.done() and not task.get_loop().is_closed()

    def start(self, address: tuple[str, int], path: str, count: int) -> list[str]:
        """Begin, with ``count`` clients that connect to ``path`` plus their name."""
        names = [f"stalled-{number}" for number in range(1, count + 1)]
        self._clients = {name: StalledClient(name) for name in names}
        self._began = time.monotonic()
        self._task = asyncio.create_task(self._run(address, path))
        return names

    def ended(self, name: str, reason: str) -> None:
        """A connection of that name has ended; nothing if it is none of the test's."""
        client = self._clients.get(name)
        if self.running and client is not None and not client.ended:
            client.ended = reason
            client.seconds = round(self._elapsed(), 1)

    async def stop(self) -> None:
        """End it now."""
        if self._task is not None and self.running:  # not that of a server that is gone
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, address: tuple[str, int], path: str) -> None:
        with ExitStack() as stack:
            for name in self._clients:
                stack.callback((await open_stalled(address, path + name)).vanish)
            number = await self._press()
            await self._publish(Progress(number + 1, self._state(), done=True))

    async def _press(self) -> int:
        """Publish while there is anything to see; returns how often."""
        number, until = 0, LIMIT
        while self._elapsed() < until:
            number += 1
            await self._publish(Progress(number, self._state()))
            await asyncio.sleep(1 / RATE)
            if all(client.ended for client in self._clients.values()):
                until = min(until, max(c.seconds for c in self._clients.values()) + AFTERMATH)
        return number

    def _state(self) -> list[StalledClient]:
        return list(self._clients.values())

    def _elapsed(self) -> float:
        return time.monotonic() - self._began
