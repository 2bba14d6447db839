"""A server that is told to stop stops in time, and tells everybody who reads to come back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

import pytest

from holdfast import Deadlines
from tests.endurance.logs import of_ours
from tests.endurance.serving import serving
from tests.endurance.stops import Stop, stop

pytestmark = pytest.mark.servers

STOCK = Deadlines()
SLACK = 6.0  # for two busy cores


class Promise(NamedTuple):
    """What holds of a server."""

    connections: int
    seconds: float
    """Until its process has ended."""
    told: set[str]
    """The close codes of those that read."""
    cleans: bool = True
    """Whether every clean-up comes to its end."""
    resets: bool = True
    """Whether every stuck client is reset; else its connection ends with the process."""


WITHOUT_LIMIT = STOCK.grace + STOCK.cleanup_timeout + STOCK.close_timeout
HYPERCORN = 3.0  # seconds, its --graceful-timeout

PROMISES = {
    "uvicorn-sansio": Promise(1000, WITHOUT_LIMIT, {"own 1012", "plain 1012"}),
    "uvicorn-wsproto": Promise(120, WITHOUT_LIMIT, {"own 1012", "plain 1012"}),
    "uvicorn-sansio#graceful": Promise(120, 10.0, {"own 1012", "plain 1012"}),
    "uvicorn-wsproto#graceful": Promise(120, 10.0, {"own 1012", "plain 1012"}),
    # Serves its clients during the graceful timeout, and tells them at its end. Clean-ups that
    # await are cut short: asyncio.run cancels every task once more.
    "hypercorn": Promise(
        120,
        HYPERCORN + STOCK.close_timeout + STOCK.cleanup_timeout,
        {"own 3001", "plain 1012"},
        cleans=False,
    ),
    # Its Rust side drops every connection before any Python runs, and then ends the process.
    "granian": Promise(120, 2.0, {"own none", "plain none"}, cleans=False, resets=False),
    # Cancels all handlers, and ends with the first of them that is over: who is not closed until
    # then gets no close frame, and clean-ups that await are cut short.
    "daphne": Promise(
        120,
        STOCK.close_timeout,
        {"own 3001", "plain 3001", "own none", "plain none"},
        cleans=False,
        resets=False,
    ),
}
GRACEFUL = ("--timeout-graceful-shutdown", "10")
OPTIONS = {name: GRACEFUL if name.endswith("#graceful") else () for name in PROMISES}


def complaints(found: Stop) -> list[str]:
    promise = PROMISES[found.server]
    said = []
    if found.seconds is None or found.seconds > promise.seconds + SLACK:
        said.append("it did not stop in time")
    if not set(found.told) <= promise.told:
        said.append("a reader was told something else than to come back")
    if promise.cleans and found.cleaned < found.cleans:
        said.append("a clean-up was cut short")
    if promise.resets and found.reset < found.stuck:
        said.append("a stuck client was not reset")
    return [f"{found}: {one}" for one in said]


async def test_sigterm_under_many_connections(tmp_path: Path) -> None:
    """1,000 on the stock server, with stuck and busy handlers; fewer on the others."""
    async with serving("tests.endurance.apps:patient", OPTIONS, tmp_path) as servers:
        found = await asyncio.gather(
            *(stop(name, servers[name], PROMISES[name].connections) for name in PROMISES)
        )
        assert [said for one in found for said in complaints(one)] == []
        for name in PROMISES:
            if "uvicorn" in name:
                assert of_ours(servers[name].text) == []
