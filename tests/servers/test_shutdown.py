"""A server that is told to stop says so to its clients, and stops."""

import time
from contextlib import AsyncExitStack

import pytest

from holdfast.testing import Peer, peer, until
from tests.support.servers import KINDS, Servers

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


@pytest.mark.parametrize("kind", KINDS)
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
