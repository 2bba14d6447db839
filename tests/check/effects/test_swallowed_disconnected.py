"""A loop that catches the end goes on: with a receive it keeps a core busy."""

import time

import pytest

from holdfast.testing import serve, until
from tests.support.http import get_json
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "swallowed-disconnected"


async def test_a_receive_that_is_tried_again_spins_until_it_is_cancelled() -> None:
    loaded = load(RULE, "wrong_receive")
    async with serve(loaded.app, timeout_graceful_shutdown=0) as server:
        async with server.peer("/ws") as client:
            client.send_text("x")
            assert await client.receive_text() == "x"
            (conn,) = loaded.hf.connections
        await until(lambda: conn.closed is not None)
        # It goes on without a client, and others have their turns.
        busy = time.process_time()
        await until(lambda: time.process_time() > busy + 0.1)
        assert await get_json(server.port, "/alive") is True


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
