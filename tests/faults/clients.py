"""The clients: one class for each fault. Each comes in, and then does what it is named for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from holdfast.testing import Peer, opening_request
from tests.faults.cells import SENDERS, Cell, garbage_for
from tests.support.http import post

if TYPE_CHECKING:  # the lowest supported versions are tested without a browser
    from playwright.async_api import Browser, Page

    from tests.faults.network import Network

CODE = 4001  # of a client that closes
RATE = 20_000  # bytes a second of the slow reader
ANSWER = 5.0  # seconds for the answer to a close frame to arrive
WAIT = 0.5  # seconds that the app takes over a handshake whose client is gone meanwhile

OPEN_A_SOCKET = """(path) => new Promise((resolve, reject) => {
  window.socket = new WebSocket(`ws://${location.host}${path}`);
  window.socket.onopen = resolve;
  window.socket.onerror = () => reject("the handshake failed");
})"""


class Countdown:
    """Opens when so many have arrived."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._open = asyncio.Event()
        if not count:
            self._open.set()

    def arrive(self) -> None:
        self._left -= 1
        if not self._left:
            self._open.set()

    async def wait(self) -> None:
        await self._open.wait()


class World:
    """What the clients of one server process share."""

    def __init__(
        self,
        port: int,
        cells: list[Cell],
        network: Network | None = None,
        browser: Browser | None = None,
    ) -> None:
        self.port = port
        self.cells = cells
        self.network = network
        self.browser = browser
        self.full = Countdown(sum(CLIENTS[cell.fault].heavy for cell in cells))
        """Until then the server is busy with filling buffers, and no measure of the others."""
        self._ready_for_cut = Countdown(sum(cell.fault == "half-open" for cell in cells))
        self._cutting: asyncio.Task[None] | None = None

    async def cut(self) -> None:
        """Cut the network, once all whom it concerns are ready."""
        self._ready_for_cut.arrive()
        await self._ready_for_cut.wait()
        assert self.network is not None
        if self._cutting is None:
            self._cutting = asyncio.create_task(asyncio.to_thread(self.network.cut))
        await self._cutting


class Client:
    """A client that closes as it should. The others begin the same way."""

    heavy: ClassVar[bool] = False  # every buffer to it gets full
    waits: ClassVar[bool] = True  # until its handler runs
    slow: ClassVar[bool] = False  # to do it: time is counted from when it has

    def __init__(self, cell: Cell, world: World) -> None:
        self.cell = cell
        self.world = world
        self.peer: Peer | None = None

    @property
    def path(self) -> str:
        query = "?heavy=1" if self.heavy and self.cell.handler in SENDERS else ""
        return f"/{self.cell.handler}/{self.cell.name}{query}"

    @property
    def code(self) -> int | None:
        """The close code that it got."""
        return self.peer.code if self.peer else None

    async def connect(self) -> None:
        """Come in, and say what the handler waits for."""
        self.peer = await self.dial()
        if self.cell.handler == "busy":  # which takes the first, and leaves the others
            for _ in range(4):
                self.peer.send_text("begin")

    async def dial(self) -> Peer:
        """Connect, and finish the handshake."""
        return await Peer.connect(self.world.port, self.path)

    async def act(self) -> None:
        """Do it. A handler that raises is told to just before."""
        assert self.peer is not None
        if self.cell.handler == "raises":
            self.peer.send_text("fail")
        await self.fault(self.peer)

    async def fault(self, peer: Peer) -> None:
        peer.close(CODE)

    async def leave(self) -> None:
        """Leave nothing behind on this side."""
        if self.peer is not None:
            self.peer.transport.abort()


class Resets(Client):
    async def fault(self, peer: Peer) -> None:
        peer.reset()


class HangsUp(Client):
    async def fault(self, peer: Peer) -> None:
        peer.vanish()


class Garbles(Client):
    async def fault(self, peer: Peer) -> None:
        peer.garbage(garbage_for(self.cell))


class HalfOpen(Client):
    """Behind a router that drops everything; without one, packets are dropped at its own socket."""

    async def dial(self) -> Peer:
        network = self.world.network
        there: dict[str, Any] = (
            {"host": network.address, "sock": network.socket()} if network else {}
        )
        return await Peer.connect(self.world.port, self.path, **there)

    async def fault(self, peer: Peer) -> None:
        if self.world.network is None:
            peer.half_open()
        else:
            await self.world.cut()


class Stalls(Client):
    heavy = True

    async def act(self) -> None:
        assert self.peer is not None
        if self.cell.handler == "raises":
            self.peer.send_text("fail")
        self.peer.stall()
        await self.flood()

    async def flood(self) -> None:
        if self.cell.handler not in SENDERS:  # somebody else sends to it, then
            await post(self.world.port, f"/flood/{self.cell.name}")
        self.world.full.arrive()


class Crawls(Stalls):
    """Must be kept; then it closes, and is answered."""

    async def dial(self) -> Peer:
        peer = await Peer.dial(self.world.port)
        peer.crawl(RATE)  # from the first byte on: one that was fast has a large receive buffer
        await peer.handshake(self.path)
        return peer

    async def act(self) -> None:
        await self.flood()

    async def go(self) -> None:
        """Read on at full speed, and close: who was let go of before gets no proper answer."""
        assert self.peer is not None
        self.peer.resume()
        if self.cell.handler == "raises":
            self.peer.send_text("fail")
        self.peer.close(CODE)

    async def finish(self) -> None:
        """Read to the end: the answer stands behind all that was on its way."""
        assert self.peer is not None
        with suppress(TimeoutError):
            await self.peer.end(ANSWER)


class GoneAtTheDoor(Client):
    """Two: one says half of its handshake, the other all of it, but waits for no answer."""

    waits = False

    async def connect(self) -> None:
        self._whole, self._half = [await Peer.dial(self.world.port) for _ in range(2)]

    async def act(self) -> None:
        request = opening_request(f"{self.path}?wait={WAIT}")
        self._whole.write(request)
        self._half.write(request[: len(request) // 2])
        await asyncio.sleep(WAIT / 2)  # pacing: the app has been called, and has not answered
        self._half.vanish()
        self._whole.reset()


class ClosesItsTab(Client):
    """A page in Chromium, which is closed."""

    slow = True
    page: Page | None = None

    async def connect(self) -> None:
        assert self.world.browser is not None
        self.page = await self.world.browser.new_page()
        await self.page.goto(f"http://127.0.0.1:{self.world.port}/page")
        await self.page.evaluate(OPEN_A_SOCKET, self.path)
        if self.cell.handler == "busy":
            await self.page.evaluate("for (let i = 0; i < 4; i++) socket.send('begin')")

    async def act(self) -> None:
        assert self.page is not None
        if self.cell.handler == "raises":
            await self.page.evaluate("socket.send('fail')")
        await self.page.close()

    async def leave(self) -> None:
        if self.page is not None:
            await self.page.close()


CLIENTS: dict[str, type[Client]] = {
    "close": Client,
    "tab": ClosesItsTab,
    "reset": Resets,
    "fin": HangsUp,
    "half-open": HalfOpen,
    "stall": Stalls,
    "crawl": Crawls,
    "garbage": Garbles,
    "handshake": GoneAtTheDoor,
}
