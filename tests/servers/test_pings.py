"""Our own server's pings: they find who is gone, and nobody else."""

import asyncio

import pytest

from holdfast.testing import peer, until
from tests.support.http import get_json, post
from tests.support.servers import Servers
from tests.support.timing import one_within

pytestmark = [pytest.mark.servers, pytest.mark.newest]

APP = "tests.servers.apps:app"
PINGS = ("--ws-ping-interval", "1", "--ws-ping-timeout", "1")


async def test_who_could_not_be_asked_is_asked_later(servers: Servers) -> None:
    """No ping can be written while the socket takes nothing; then no pong comes, either."""
    server = servers("holdfast", APP, *PINGS)
    async with peer(server.port, "/listen/skip.ping/a", receive_buffer=8192) as client:
        client.stall()
        await post(server.port, "/publish/skip.ping?count=150&size=4096")
        await asyncio.sleep(2.5)  # pacing: a ping was due
        client.resume()
        before = client.pings
        await until(lambda: client.pings >= before + 3 or client.ended.is_set())
        assert not client.ended.is_set()


async def test_who_is_gone_is_found_by_one_ping(servers: Servers) -> None:
    server = servers("holdfast", APP, *PINGS)

    async def gone() -> bool:
        return not (await get_json(server.port, "/state"))["paths"]

    async def to_find() -> float:
        async with peer(server.port, "/listen/quiet/b") as client:
            await until(lambda: client.pings >= 1)
            await asyncio.sleep(0.1)  # pacing: else its kernel would send the pong again and again
            client.half_open()
            return await until(gone)

    # Interval, timeout, two ticks of the wheel, and a little.
    await one_within(1 + 1 + 0.5 + 0.5, to_find)


async def test_who_answers_while_its_handler_is_busy_is_kept(servers: Servers) -> None:
    server = servers("holdfast", APP, *PINGS)
    async with peer(server.port, "/sleeps/quiet/c") as client:
        for _ in range(5):
            client.send_text("nobody takes this")
        await until(lambda: client.pings >= 4 or client.ended.is_set())
        assert not client.ended.is_set()
