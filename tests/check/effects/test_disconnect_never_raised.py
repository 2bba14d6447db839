"""The clean-up in an `except` that nothing reaches never runs."""

import pytest

from holdfast.testing import serve, until
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
