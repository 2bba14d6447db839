"""What a helper does whose coroutine nobody awaits."""

from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from holdfast.testing import serve, until
from tests.check.effects.outcomes import mended, never_awaited, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "unawaited-async-helper"


async def test_a_registry_is_never_cleaned_and_nothing_is_broadcast(
    caplog: pytest.LogCaptureFixture,
) -> None:
    program = load(RULE, "wrong_manager")
    with never_awaited(caplog) as names:
        async with serve(program.app) as server:
            async with connect(f"ws://127.0.0.1:{server.port}/ws/1") as client:
                await client.send("hello")
            await until(lambda: not server.uvicorn.server_state.tasks)
    assert names == {"broadcast", "disconnect"}
    assert len(program.manager.active_connections) == 1


async def test_in_two_files_as_well(caplog: pytest.LogCaptureFixture) -> None:
    program = load(RULE, "wrong_two_files")
    with never_awaited(caplog) as names:
        async with serve(program.app) as server:
            async with connect(f"ws://127.0.0.1:{server.port}/chat/ann") as client:
                await client.send("hello")
                assert await client.recv() == "ann: hello"  # and no welcome before it
            await until(lambda: not server.uvicorn.server_state.tasks)
    assert names == {"greet", "disconnect"}
    assert [*program.manager.users] == ["ann"]


async def test_a_task_and_a_plain_helper_do_their_work() -> None:
    program = load(RULE, "right_handed_on")
    async with serve(program.app) as server:
        async with connect(f"ws://127.0.0.1:{server.port}/ws") as client:
            await client.send("hello")
            assert {await client.recv() for _ in range(3)} >= {"hello", "again"}
        await until(lambda: not program.manager.peers)


async def test_a_decorator_may_start_what_is_called() -> None:
    program = load(RULE, "right_decorated")
    async with serve(program.app) as server, connect(f"ws://127.0.0.1:{server.port}/ws") as client:
        await client.send("hello")
        assert await client.recv() == "hello"


async def test_a_reply_is_never_sent(caplog: pytest.LogCaptureFixture) -> None:
    program = load(RULE, "wrong_client_class")
    with never_awaited(caplog) as names:
        outcome = await talk(program.app, "/once", "hi")
    assert names == {"answer"}
    assert (outcome.received, outcome.code) == ([], 1000)


async def test_mended_the_registry_is_cleaned(tmp_path: Path) -> None:
    program = mended(RULE, "wrong_manager", tmp_path)
    async with serve(program.app) as server:
        async with connect(f"ws://127.0.0.1:{server.port}/ws/1") as client:
            await client.send("hello")
            assert await client.recv() == "Client #1 says: hello"
        await until(lambda: not program.manager.active_connections)
