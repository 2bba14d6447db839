"""Drives cells against one server process, all at once, and measures when each is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from holdfast.testing import until
from tests.faults.cells import Cell
from tests.faults.clients import CLIENTS, Client, Crawls, World
from tests.support.http import get_json

LOOK = 0.1  # seconds between two looks at the server
START = 40.0  # seconds that a handler may take to begin, where a machine has much to do


class Outcome(msgspec.Struct, kw_only=True):
    """What became of a cell."""

    cell: Cell
    seconds: float | None = None
    """From the fault until everything was over; None if something was left when time was up."""
    left: list[str] = []
    began: int = 0
    over: list[str] = []
    """How its handler ended."""
    disconnects: list[tuple[int, str]] = []
    """What ``on_disconnect`` was told; of a plain endpoint, what ``WebSocketDisconnect`` said."""
    cut_off: bool = False
    """Whether its clean-up did not come to its end."""
    code: int | None = None
    """The close code that the client got."""
    kept: float | None = None
    """Seconds for which a slow reader was served."""
    log: str = ""
    """What went wrong before the fault, if something did."""


Progress = Callable[[Outcome], Any]


class Looks:
    """What the server says of its cells, asked for a few times a second on behalf of all."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.report: dict[str, Any] = {}
        self.asked_at = 0.0
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK)  # polling

    async def first(self) -> bool:
        """Look; false where nobody answers yet, though somebody listened (seen with hypercorn)."""
        try:
            await self.look()
        except OSError:
            return False
        return True

    async def look(self) -> None:
        asked_at = time.monotonic()
        report = await get_json(self._port, "/cells")
        async with self._changed:
            self.report, self.asked_at = report, asked_at
            self._changed.notify_all()

    async def wait(self, condition: Callable[[], Any], timeout: float) -> float:
        """Return when the condition is seen to hold: the time of that look. Or ``TimeoutError``."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(condition)
            return self.asked_at

    def entry(self, cell: Cell) -> dict[str, Any]:
        found: dict[str, Any] = self.report.get("cells", {}).get(cell.name) or {}
        return found


def left(entry: dict[str, Any]) -> list[str]:
    """What is not over."""
    found = ["handler"] if entry["running"] else [f"task {name}" for name in entry["tasks"]]
    names = {"registered": "registry entry", "subscribed": "subscription", "sockets": "descriptor"}
    return found + [name for key, name in names.items() if entry[key]]


async def drive(
    world: World,
    allow: Callable[[Cell], float],
    watch: float,
    progress: Progress = lambda outcome: None,
) -> list[Outcome]:
    """Play all the cells of one server at once.

    Afterwards the process must be as it was before: a last outcome, without a name, says so.
    """
    looks = Looks(world.port)
    await until(looks.first)
    before = looks.report
    looking = asyncio.create_task(looks.run())
    try:
        playing = [play(cell, world, looks, allow(cell), watch, progress) for cell in world.cells]
        outcomes = await asyncio.gather(*playing)
    finally:
        looking.cancel()
    return [*outcomes, *await rest(looks, before, outcomes)]


async def play(
    cell: Cell, world: World, looks: Looks, bound: float, watch: float, progress: Progress
) -> Outcome:
    client = CLIENTS[cell.fault](cell, world)
    found = Outcome(cell=cell)
    try:
        await client.connect()
        if client.waits:
            await looks.wait(lambda: looks.entry(cell).get("began"), START)
        if not client.heavy:
            await world.full.wait()
        start = time.monotonic()
        await client.act()
        if client.slow:
            start = time.monotonic()
        if isinstance(client, Crawls):
            found.kept = await keep(cell, client, looks, watch)
            start = time.monotonic()
            await client.go()
        found.seconds = await over(cell, looks, start, bound)
        if isinstance(client, Crawls):
            await client.finish()
    except Exception as error:
        found.log = f"{type(error).__name__}: {error}"
    finally:
        note(found, looks.entry(cell), client)
        progress(found)
        await client.leave()
    return found


async def over(cell: Cell, looks: Looks, start: float, bound: float) -> float | None:
    """Seconds until nothing of the cell was left; None if something is."""

    def is_over() -> bool:
        entry = looks.entry(cell)
        return bool(looks.asked_at > start and entry.get("calls") and not left(entry))

    try:
        return round(await looks.wait(is_over, bound) - start, 2)
    except TimeoutError:
        return None


async def keep(cell: Cell, client: Client, looks: Looks, watch: float) -> float:
    """Wait as long as the slow reader is served; returns the seconds."""
    peer = client.peer
    assert peer is not None
    start = time.monotonic()

    def is_over() -> bool:
        entry = looks.entry(cell)
        return peer.ended.is_set() or bool(entry["over"] or entry["disconnects"])

    try:
        return round(await looks.wait(is_over, watch) - start, 1)
    except TimeoutError:
        return watch


def note(found: Outcome, entry: dict[str, Any], client: Client) -> None:
    found.code = client.code
    if not entry:
        found.left = ["no call of the app"]
        return
    found.left = left(entry)
    found.began, found.over, found.cut_off = entry["began"], entry["over"], entry["cleaning"] > 0
    found.disconnects = [(code, reason) for code, reason in entry["disconnects"]]


async def rest(looks: Looks, before: dict[str, Any], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What the process as a whole still has, where no cell says that something is left."""
    if any(outcome.left for outcome in outcomes):
        return []
    whole = Outcome(cell=outcomes[0].cell._replace(fault="", handler=""))

    def more() -> list[str]:
        now = looks.report
        found = []
        if now["descriptors"] > before["descriptors"]:
            found.append(f"{now['descriptors'] - before['descriptors']} descriptors")
        if len(now["tasks"]) > len(before["tasks"]):
            found.append(f"{len(now['tasks']) - len(before['tasks'])} tasks of {now['tasks']}")
        if now.get("channels", 0) > before.get("channels", 0):
            found.append(f"{now['channels']} channels")
        return found

    start = time.monotonic()
    while whole.seconds is None and time.monotonic() - start < 3:
        await looks.look()
        whole.left = more()
        if whole.left:
            await asyncio.sleep(LOOK)  # polling
        else:
            whole.seconds = round(time.monotonic() - start, 2)
    return [whole]
