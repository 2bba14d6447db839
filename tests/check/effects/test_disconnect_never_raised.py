"""The clean-up in an `except` that nothing reaches never runs."""

from pathlib import Path

import pytest

from holdfast.testing import serve, until
from tests.check.effects.played import mended
from tests.support.http import get_json
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "disconnect-never-raised"


@pytest.mark.parametrize(
    "name", ["wrong_receive", "wrong_async_for", "wrong_ours_around_async_for"]
)
async def test_the_registry_is_never_cleaned(name: str) -> None:
    loaded = load(RULE, name)
    async with serve(loaded.app) as server:
        async with server.peer("/ws"):
            await until(lambda: bool(loaded.online))
        await until(lambda: not loaded.hf.connections)
        assert len(loaded.online) == 1


async def test_a_finally_cleans_it() -> None:
    loaded = load(RULE, "right_finally")
    async with serve(loaded.app) as server:
        async with server.peer("/ws"):
            await until(lambda: bool(loaded.online))
        await until(lambda: not loaded.online)


async def test_mended_the_exception_is_caught(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_receive", tmp_path) as played:
        for _ in range(2):
            async with played.peer() as client:
                client.send_text("x")
                assert await client.receive_text() == "x"
        await until_json(played.server.port, "/online", 0)


async def until_json(port: int, path: str, wanted: object) -> None:
    while await get_json(port, path) != wanted:
        pass
