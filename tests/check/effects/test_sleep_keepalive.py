"""Sleep does not notice that a client is gone."""

from pathlib import Path

import pytest

from tests.check.effects.leaving import end_all, leave
from tests.check.effects.mended import mended
from tests.check.effects.played import play, program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "sleep-keepalive"

WRONG = {
    "wrong_state": "/ws",
    "wrong_manager": "/rooms/7",
    "wrong_counting": "/stay",
    "wrong_background": "/ws",
    "wrong_helper": "/ws/ann",
}


@pytest.mark.parametrize(("name", "path"), WRONG.items())
async def test_it_never_ends(name: str, path: str) -> None:
    async with program(RULE, name) as played:
        await leave(played, path)
        assert not played.tasks[0].done()
        await end_all(played)


async def test_its_handler_never_runs() -> None:
    module = load(RULE, "wrong_keep_open")
    async with play(module.app) as played:
        await leave(played)
        assert not played.tasks[0].done()
        assert module.connections
        await end_all(played)


async def test_one_that_reads_ends() -> None:
    module = load(RULE, "right_iter")
    async with play(module.app) as played:
        await leave(played)
        assert await played.end() is None
    assert not module.connections


@pytest.mark.parametrize("name", ["wrong_keep_open", "wrong_state"])
async def test_a_fixed_program_ends(name: str, tmp_path: Path) -> None:
    module = mended(RULE, name, tmp_path)
    async with play(module.app) as played:
        await leave(played)
        assert await played.end() is None
    assert not module.connections
