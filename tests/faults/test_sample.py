"""A sample of the matrix: on each server each fault once and each handler. `make matrix` plays all.

All servers of a column are played at once: most of the time they wait.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bounds import OWN, allowed, complaints
from tests.faults.cells import FAULTS, HANDLERS, SERVERS, Cell
from tests.faults.drive import Outcome
from tests.faults.matrix import chromium, play

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]

WATCH = 10.0  # seconds of a slow reader: longer than one that stops reading has
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def diagonal(column: str, shift: int) -> Iterator[Cell]:
    """Each fault with another handler, and on each server with another one."""
    faults = [fault for fault in FAULTS if fault != "tab"]
    for i, server in enumerate(SERVERS):
        for j, fault in enumerate(faults):
            yield Cell(server, column, fault, list(HANDLERS)[(i + j + shift) % len(HANDLERS)])


def patiently(cell: Cell) -> float:
    """With other tests on the same two cores."""
    return allowed(cell) + 3.0


def wrong(outcomes: list[Outcome]) -> list[str]:
    return [
        f"{' '.join(outcome.cell)}: {text}"
        for outcome in outcomes
        for text in complaints(outcome, WATCH)
    ]


@pytest.mark.parametrize(("column", "shift"), [("own", 6), ("guarded", 5)])
async def test_however_a_client_ends_nothing_is_left(
    tmp_path: Path, column: str, shift: int
) -> None:
    cells = list(diagonal(column, shift))
    assert {cell.handler for cell in cells if cell.server == SERVERS[0]} == set(HANDLERS)
    outcomes = await play(cells, tmp_path, watch=WATCH, allow=patiently)
    assert not wrong(outcomes)


@pytest.mark.browser
async def test_a_tab_that_is_closed_leaves_nothing(tmp_path: Path) -> None:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "No Chromium was found: scripts/system-packages.sh chromium installs it."
    columns = ("own", "guarded")
    cells = [
        Cell(server, columns[i % 2], "tab", list(HANDLERS)[(i + shift) % len(HANDLERS)])
        for i, server in enumerate(SERVERS)
        for shift in (0, 4)
    ]
    async with chromium(path) as browser:
        outcomes = await play(cells, tmp_path, watch=WATCH, allow=patiently, browser=browser)
    assert not wrong(outcomes)


@pytest.mark.newest
async def test_without_us_the_same_clients_leave_something(tmp_path: Path) -> None:
    """Else the tests above would show nothing."""
    cells = [
        Cell(server, "plain", fault, handler)
        for server in SERVERS
        for fault, handler in (("close", "gathers"), ("stall", "waits"))
    ]
    outcomes = await play(cells, tmp_path, watch=WATCH, allow=lambda cell: 12.0)
    left = {" ".join(outcome.cell): outcome.left for outcome in outcomes}
    for server in SERVERS:
        assert "task Queue.get" in left[f"{server} plain close gathers"]
        assert "handler" in left[f"{server} plain stall waits"]
        # Our own server ends the socket; what the handler waits for, only the guard can know.
        assert ("descriptor" in left[f"{server} plain stall waits"]) is (server != OWN)
