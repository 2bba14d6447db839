"""Each send fails, and the loop goes on."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected

from holdfast.testing import until
from tests.check.effects.leaving import end_all, leave
from tests.check.effects.mended import mended
from tests.check.effects.played import play, program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "swallowed-send-error"

WRONG = {
    "wrong_continue": "/metrics",
    "wrong_suppress": "/ws",
    "wrong_bare": "/frames",
    "wrong_tuple": "/ws",
    "wrong_helper": "/ws",
    "wrong_flag": "/ws",
}
RIGHT = {
    "right_break": "/ws",
    "right_flag": "/ws",
    "right_state": "/ws",
    "right_after_the_loop": "/ws",
    "right_reraised": "/patient",
    "right_helper": "/ws",
}


async def test_a_zombie_on_uvicorn_as_well() -> None:
    module = load(RULE, "wrong_pass")
    async with play(module.app) as played:
        await leave(played)
        await until(lambda: len(module.ERRORS) >= 5)
        assert [type(one) for one in module.ERRORS[:2]] == [
            WebSocketDisconnect,
            WebSocketDisconnected,
        ]
        assert not played.tasks[0].done()
        await end_all(played)


@pytest.mark.parametrize(("name", "path"), WRONG.items())
async def test_in_every_spelling(name: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[BaseException] = []
    monkeypatch.setattr(WebSocketDisconnected, "__init__", lambda *_: failed.append(_[0]))
    async with program(RULE, name) as played:
        await leave(played, path)
        await until(lambda: len(failed) >= 3)
        assert not played.tasks[0].done()
        await end_all(played)


async def test_one_class_alone_is_raised_once() -> None:
    """And the second send raises another, which nobody handles."""
    async with program(RULE, "wrong_disconnect") as played:
        await leave(played)
        assert type(await played.end()) is WebSocketDisconnected


@pytest.mark.parametrize(("name", "path"), RIGHT.items())
async def test_a_right_program_ends(name: str, path: str) -> None:
    async with program(RULE, name) as played:
        await leave(played, path)
        assert await played.end() is None


async def test_a_fixed_program_ends(tmp_path: Path) -> None:
    async with play(mended(RULE, "wrong_flag", tmp_path).app) as played:
        await leave(played)
        assert await played.end() is None
