"""A loop that catches the end goes on: with a receive it freezes the whole server."""

import asyncio

import pytest

from holdfast.testing import Peer, serve, until
from tests.support.http import get_json
from tests.support.programs import load
from tests.support.servers import STOCK, Servers

pytestmark = [pytest.mark.newest, pytest.mark.servers]
RULE = "swallowed-disconnected"


async def test_a_receive_that_is_tried_again_freezes_the_server(servers: Servers) -> None:
    server = servers.fresh(STOCK, "tests.check.effects.served:app")
    try:
        client = await Peer.connect(server.port, f"/{RULE}/wrong_receive/ws")
        assert await get_json(server.port, f"/{RULE}/wrong_receive/alive") is True
        client.close()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                while True:
                    await get_json(server.port, f"/{RULE}/wrong_receive/alive")
        client.transport.abort()
    finally:
        server.stop(grace=0)


async def test_a_send_that_is_tried_again_goes_on_without_a_client() -> None:
    loaded = load(RULE, "wrong_send")
    async with serve(loaded.app, timeout_graceful_shutdown=0) as server:
        async with server.peer("/ws") as client:
            assert await client.receive_text() == "tick"
            (conn,) = loaded.hf.connections
        await until(lambda: conn.closed is not None)
        ticks = len(loaded.ticks)
        await until(lambda: len(loaded.ticks) > ticks + 10)


@pytest.mark.parametrize("path", ["/a", "/c"])
async def test_one_that_leaves_ends(path: str) -> None:
    loaded = load(RULE, "right_leaves")
    async with serve(loaded.app) as server:
        async with server.peer(path) as client:
            client.send_text("x")
            assert await client.receive_text() == "x"
        await until(lambda: not loaded.hf.connections)
