"""The iterators of Starlette end without an exception, so its handler never runs."""

from pathlib import Path

import pytest

from tests.check.effects.leaving import leave
from tests.check.effects.mended import mended
from tests.check.effects.played import play
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "dead-disconnect-handler"


async def test_the_clean_up_is_left_out() -> None:
    module = load(RULE, "wrong_iter_text")
    async with play(module.app) as played:
        await leave(played, "/ws/ann", say=["hello"])
        assert await played.end() is None
    assert module.texts == ["hello"]
    assert module.online == {"ann"}


async def test_the_other_connection_stays_open() -> None:
    module = load(RULE, "wrong_relay")
    async with play(module.app) as played:
        await leave(played, "/relay", say=['{"event": "media", "payload": "x"}'])
        assert await played.end() is None
    assert not module.CLOSED


async def test_bytes_are_kept_for_ever() -> None:
    module = load(RULE, "wrong_iter_bytes")
    async with play(module.app) as played:
        await leave(played, "/upload")
        assert await played.end() is None
    assert len(module.CHUNKS) == 1


async def test_finally_runs() -> None:
    module = load(RULE, "right_finally")
    async with play(module.app) as played:
        await leave(played, "/ws/ann")
        assert await played.end() is None
    assert not module.online


async def test_a_fixed_program_cleans_up(tmp_path: Path) -> None:
    module = mended(RULE, "wrong_iter_text", tmp_path)
    async with play(module.app) as played:
        await leave(played, "/ws/ann")
        assert await played.end() is None
    assert not module.online
