"""A server that is told to stop says so to its clients, and stops."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from holdfast.testing import Peer, peer, until
from tests.support.http import events
from tests.support.servers import MOST_KINDS, Servers

pytestmark = pytest.mark.servers

RECONNECT = {1012, 3001}
SAY_NOTHING = {"granian", "daphne"}  # they drop every connection before any handler may speak
CONNECTIONS = 50
FEW_SECONDS = 8.0


async def connect_many(stack: AsyncExitStack, port: int) -> list[Peer]:
    paths = ["/listen/quiet/l", "/sends/s", "/sleeps/quiet/z"]
    return [
        await stack.enter_async_context(peer(port, paths[i % 3] + str(i)))
        for i in range(CONNECTIONS)
    ]


@pytest.mark.parametrize("kind", MOST_KINDS)
async def test_sigterm_under_open_connections(servers: Servers, kind: str) -> None:
    server = servers.fresh(kind, "tests.servers.apps:app")
    async with AsyncExitStack() as stack:
        clients = await connect_many(stack, server.port)
        start = time.monotonic()
        server.terminate()
        for client in clients:
            await client.end(FEW_SECONDS)
        await until(lambda: server.process.poll() is not None, FEW_SECONDS)
        assert time.monotonic() - start < FEW_SECONDS
        # Without a close frame a client sees 1006, which means to reconnect, too.
        codes = {client.code for client in clients}
        assert codes <= RECONNECT or (kind in SAY_NOTHING and codes == {None})


@pytest.mark.parametrize("kind", ["holdfast", "uvicorn-sansio"])
async def test_a_viewer_of_events_is_told_and_holds_nothing_up(servers: Servers, kind: str) -> None:
    server = servers.fresh(kind, "tests.doctor.apps:app")
    async with events(server.port, "/ticks") as stream:
        await anext(stream)
        server.terminate()
        async with asyncio.timeout(FEW_SECONDS):
            last = [event async for event in stream][-1]
        assert last.name == "close"
        assert '"code":3001' in last.data
        await until(lambda: server.process.poll() is not None, FEW_SECONDS)
