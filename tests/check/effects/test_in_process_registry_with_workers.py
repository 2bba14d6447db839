"""Clients of two workers do not hear each other: each process has a registry of its own."""

import asyncio

import pytest

from holdfast.testing import Peer, TooLate, until
from tests.support.servers import STOCK, Servers

pytestmark = [pytest.mark.newest, pytest.mark.servers]
APP = "tests.check.effects.served:app"
PATH = "/in-process-registry-with-workers/wrong_uvicorn_run/ws"


async def hears(peer: Peer) -> bool:
    """Tell whether something arrives: within one process it takes a millisecond."""
    try:
        await peer.receive(0.2)
    except TooLate:
        return False
    return True


async def test_two_workers_split_the_room(servers: Servers) -> None:
    server = servers.fresh(STOCK, APP, "--workers", "2")
    peers = [await Peer.connect(server.port, PATH)]

    async def split() -> bool:
        """Let more clients come, as the second process may start later, and the first speak."""
        peers.extend(await asyncio.gather(*(Peer.connect(server.port, PATH) for _ in range(4))))
        peers[0].send_text("hello")
        heard = await asyncio.gather(*map(hears, peers))
        assert heard[0]
        return not all(heard)

    try:
        await until(split)
    finally:
        for peer in peers:
            peer.transport.abort()
