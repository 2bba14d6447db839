"""Plays cells: those of each server and column in two processes, one with short keepalive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.bounds import allowed
from tests.faults.cells import SHIPPED, Cell
from tests.faults.clients import World
from tests.faults.drive import Outcome, Progress, drive
from tests.faults.network import Network, make_network
from tests.faults.setups import SETUPS
from tests.support.servers import Server

if TYPE_CHECKING:  # the lowest supported versions are tested without a browser
    from playwright.async_api import Browser

WAITING = {"half-open"}  # the faults that nothing but keepalive would notice


class Part(NamedTuple):
    """The cells of one server process."""

    cells: list[Cell]

    @property
    def half_open(self) -> bool:
        return self.cells[0].fault in WAITING

    @property
    def soon(self) -> bool:
        """Whether it runs with short keepalive."""
        return self.half_open and self.cells[0].column != SHIPPED

    @property
    def app(self) -> str:
        return f"{self.cells[0].column}{'_soon' if self.soon else ''}"


async def play(
    cells: Sequence[Cell],
    logs: Path,
    *,
    watch: float,
    allow: Callable[[Cell], float] = allowed,
    browser: Browser | None = None,
    progress: Progress = lambda outcome: None,
) -> list[Outcome]:
    """Play the cells, once all servers are up.

    ``watch``: seconds that a slow reader is watched. ``allow``: seconds that a cell has to be over.
    """
    found = parts(cells)
    async with AsyncExitStack() as stack:
        starting = [stack.enter_async_context(served(part, logs)) for part in found]
        places = await asyncio.gather(*starting)
        driving = [
            drive(World(server.port, part.cells, network, browser), allow, watch, progress)
            for part, (server, network) in zip(found, places, strict=True)
        ]
        return [outcome for outcomes in await asyncio.gather(*driving) for outcome in outcomes]


def parts(cells: Sequence[Cell]) -> list[Part]:
    found: dict[tuple[str, str, bool], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.server, cell.column, cell.fault in WAITING), []).append(cell)
    return [Part(some) for some in found.values()]


@asynccontextmanager
async def served(part: Part, logs: Path) -> AsyncIterator[tuple[Server, Network | None]]:
    """A server process, and the network of its clients where they need one that can be cut."""
    cell = part.cells[0]
    network = await asyncio.to_thread(make_network) if part.half_open else None
    app = f"tests.faults.apps:{part.app}"
    options = SETUPS[cell.server].soon if part.soon else ()
    host = "0.0.0.0" if network else "127.0.0.1"
    log = logs / f"{cell.server}-{part.app}.log"
    try:
        server = await asyncio.to_thread(Server, cell.server, app, log, options, host)
        try:
            yield server, network
        finally:
            await asyncio.to_thread(server.stop, 1.0)
    finally:
        if network is not None:
            network.close()


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """A browser, for the tabs."""
    from playwright.async_api import async_playwright

    async with async_playwright() as started:
        browser = await started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()
