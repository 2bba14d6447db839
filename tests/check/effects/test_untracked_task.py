"""Effect of untracked-task: the client is gone, and the task that its handler began goes on.

That such a task may be collected before it is done depends on the collector, and is not shown.
"""

import asyncio

import pytest

from holdfast.testing import serve, until
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "untracked-task"


async def test_the_task_outlives_its_client() -> None:
    program = load(RULE, "wrong_ticker")
    async with serve(program.app) as server:
        async with server.peer("/ws/ann") as peer:
            await until(lambda: program.alive == ["ann"])
            peer.close()
            await peer.end()
        await until(lambda: not server.uvicorn.server_state.connections)
        (task,) = [one for one in asyncio.all_tasks() if "work" in repr(one.get_coro())]
        assert program.alive == ["ann"]
        task.cancel()


async def test_a_task_that_is_cancelled_ends_with_its_client() -> None:
    program = load(RULE, "right_cancelled")
    async with serve(program.app) as server, server.peer("/ws/ann") as peer:
        await until(lambda: program.alive == ["ann"])
        peer.close()
        await until(lambda: not program.alive)
