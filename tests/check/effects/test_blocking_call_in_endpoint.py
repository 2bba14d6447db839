"""While one handler blocks, the whole event loop stands still, and with it every connection."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from holdfast.testing import Peer
from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "blocking-call-in-endpoint"


@asynccontextmanager
async def beats() -> AsyncIterator[list[float]]:
    """How long the loop kept a timer of 5 ms waiting, each time."""
    waited: list[float] = []

    async def beat() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)  # pacing
            waited.append(time.perf_counter() - began)

    task = asyncio.create_task(beat())
    try:
        yield waited
    finally:
        task.cancel()


async def echo(client: Peer) -> list[float]:
    async with beats() as waited:
        client.send_text("x")
        await client.receive_text()
        await asyncio.sleep(0)  # pacing
    return waited


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("wrong_sleep", "/ws"),
        ("wrong_class_endpoint", "/ws"),
        ("wrong_holdfast_producer", "/chat"),
    ],
)
async def test_the_loop_stands_still(name: str, path: str) -> None:
    async with program(RULE, name) as played, played.peer(path) as client:
        async with beats() as waited:
            client.send_text("x")
            await client.receive_text()
            await asyncio.sleep(0.01)  # pacing: the beat that was kept waiting ends
        assert max(waited) > 0.19


async def test_in_a_thread_the_others_go_on() -> None:
    async with program(RULE, "right_to_thread") as played, played.peer() as client:
        waited = await echo(client)
        assert len(waited) > 5  # 0.7 seconds passed, on a machine that may be busy
