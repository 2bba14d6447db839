"""Effect of broadcast-without-deadline: one who reads nothing keeps the news from everybody.

That it never ends would take for ever to show; shown is that keepalive does not end it.
"""

import asyncio
from typing import Any

import pytest

from holdfast.testing import serve, until
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "broadcast-without-deadline"
LARGE = "x" * 4_000_000  # more than a socket takes at once: the next send to it waits
PINGS = {"ws_ping_interval": 0.1, "ws_ping_timeout": 0.1}


async def second_broadcast(program: Any, ws: str) -> tuple[bool, int]:
    """Tell whether it ended once the silent client's pings were overdue, and who was told."""
    async with serve(program.app, ws=ws, ws_per_message_deflate=False, **PINGS) as server:
        slow = await server.connect("/ws/1", receive_buffer=4096)
        slow.stall()
        async with server.peer("/ws/2") as other:
            await until(lambda: len(program.manager.active_connections) == 2)
            await program.manager.broadcast(LARGE)
            waiting = asyncio.create_task(program.manager.broadcast("news"))
            await asyncio.wait([waiting], timeout=0.4)
            outcome = waiting.done(), other.messages
            slow.transport.abort()
            await asyncio.wait([waiting])
            return outcome


@pytest.mark.parametrize("ws", ["websockets-sansio", "wsproto"])
async def test_keepalive_does_not_free_a_broadcast(ws: str) -> None:
    assert await second_broadcast(load(RULE, "wrong_tutorial"), ws) == (False, 1)


async def test_gather_waits_for_the_slowest() -> None:
    program = load(RULE, "wrong_gather")
    async with serve(program.app, ws_per_message_deflate=False) as server:
        slow = await server.connect("/ws", receive_buffer=4096)
        slow.stall()
        async with server.peer("/ws") as other:
            await until(lambda: len(program.peers) == 2)
            await program.broadcast(LARGE)
            waiting = asyncio.create_task(program.broadcast("news"))
            assert await other.receive() == LARGE
            assert await other.receive() == "news"
            assert not waiting.done()
            slow.resume()
            await waiting
