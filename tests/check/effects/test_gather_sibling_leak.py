"""Effect of gather-sibling-leak: the client is gone, and what ran beside its reader goes on."""

import asyncio
from pathlib import Path

import pytest

from holdfast.testing import LeakError, assert_no_leaks, serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "gather-sibling-leak"


def running(name: str) -> list[asyncio.Task[object]]:
    tasks = asyncio.all_tasks()
    return [one for one in tasks if getattr(one.get_coro(), "__qualname__", "").endswith(name)]


@pytest.mark.parametrize(
    ("name", "path", "left"),
    [
        ("wrong_reader_and_writer", "/ws", "writer"),
        ("wrong_functions", "/live", "send_loop"),
        ("wrong_class", "/session", "Session.work"),
        ("wrong_proxy", "/media-stream", "send_to_client"),
    ],
)
async def test_the_sibling_outlives_its_client(name: str, path: str, left: str) -> None:
    program = load(RULE, name)
    async with serve(program.app) as server:
        with pytest.raises(LeakError):
            async with assert_no_leaks(timeout=0.1), server.peer(path) as peer:
                await until(lambda: running(left))
                peer.close()
                await peer.end()
        (task,) = running(left)
        task.cancel()


@pytest.mark.parametrize(
    ("name", "path"), [("wrong_reader_and_writer", "/ws"), ("wrong_functions", "/live")]
)
async def test_mended_nothing_is_left(name: str, path: str, tmp_path: Path) -> None:
    app = mended(RULE, name, tmp_path).app
    async with serve(app) as server, assert_no_leaks(timeout=2), server.peer(path) as peer:
        peer.close()
        await peer.end()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("right_wait", "/ws"),
        ("right_cancelled", "/ws"),
        ("right_task_group", "/ws"),
        ("right_ends_together", "/sentinel"),
        ("right_ends_together", "/event"),
        ("right_ends_together", "/cancels"),
    ],
)
async def test_where_they_end_together_nothing_is_left(name: str, path: str) -> None:
    app = load(RULE, name).app
    async with serve(app) as server, assert_no_leaks(timeout=2), server.peer(path) as peer:
        peer.close()
        await peer.end()
