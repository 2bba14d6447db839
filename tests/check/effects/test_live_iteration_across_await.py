"""Effects of live-iteration-across-await: somebody joins or leaves while a send waits."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from holdfast.testing import Peer, serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "live-iteration-across-await"
LARGE = "x" * 4_000_000  # more than a socket takes at once: the next send to it waits


async def until_the_end(peer: Peer) -> list[str | bytes]:
    texts = [await peer.receive()]
    while texts[-1] != "end":
        texts.append(await peer.receive())
    return texts


async def test_a_join_while_a_send_waits_ends_a_broadcast_over_a_set() -> None:
    program = load(RULE, "wrong_set")
    async with serve(program.app, ws_per_message_deflate=False) as server:
        slow = await server.connect("/ws", receive_buffer=4096)
        slow.stall()
        await program.broadcast(LARGE)
        waiting = asyncio.create_task(program.broadcast("news"))
        async with server.peer("/ws"):
            await until(lambda: len(program.clients) == 2)
            assert not waiting.done()
            slow.resume()
            with pytest.raises(RuntimeError, match="Set changed size during iteration"):
                await waiting


async def test_mended_a_join_changes_nothing(tmp_path: Path) -> None:
    program = mended(RULE, "wrong_set", tmp_path)
    async with serve(program.app, ws_per_message_deflate=False) as server:
        slow = await server.connect("/ws", receive_buffer=4096)
        slow.stall()
        await program.broadcast(LARGE)
        waiting = asyncio.create_task(program.broadcast("news"))
        async with server.peer("/ws"):
            await until(lambda: len(program.clients) == 2)
            assert not waiting.done()
            slow.resume()
            await waiting


@pytest.mark.parametrize(
    ("rule", "name", "told"),
    [(RULE, "wrong_tutorial", False), ("unguarded-broadcast", "right_try_each", True)],
)
async def test_a_leave_while_a_send_waits_skips_a_peer_of_a_live_list(
    rule: str, name: str, told: bool
) -> None:
    program = load(rule, name)
    manager = program.manager
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve(program.app, ws_per_message_deflate=False))
        first = await stack.enter_async_context(server.peer("/ws/1"))
        slow = await stack.enter_async_context(server.peer("/ws/2", receive_buffer=4096))
        slow.stall()
        skipped = await stack.enter_async_context(server.peer("/ws/3"))
        last = await stack.enter_async_context(server.peer("/ws/4"))
        await manager.broadcast(LARGE)
        waiting = asyncio.create_task(manager.broadcast("news"))
        assert [await first.receive(), await first.receive()] == [LARGE, "news"]
        first.close()
        await until(lambda: len(manager.active_connections) == 3)
        assert not waiting.done()
        slow.resume()
        await waiting
        assert await skipped.receive() == await last.receive() == LARGE
        await manager.broadcast("end")
        assert "news" in await until_the_end(last)
        assert ("news" in await until_the_end(skipped)) == told
