"""Every tab that is closed logs a traceback, and what stands after the loop never runs."""

import logging
from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.check.effects.leaving import leave
from tests.check.effects.mended import mended
from tests.check.effects.played import play, program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "unhandled-disconnect"

WRONG = {
    "wrong_plain": "/ws",
    "wrong_only_value_errors": "/orders",
    "wrong_only_timeout": "/poll",
    "wrong_helper": "/talk/ann",
    "wrong_method": "/session",
    "wrong_walrus": "/until-quit",
}
RIGHT = {
    "right_try": "/ws",
    "right_iter": "/ws",
    "right_inside_the_loop": "/",
    "right_suppress": "/ws",
    "right_caller": "/session/lobby",
    "right_application_handler": "/ws",
    "right_decorator": "/ws",
    "right_context_manager": "/ws",
    "right_except_group": "/ws",
    "right_middleware": "/ws",
    "right_handler_elsewhere": "/chat",
}


@pytest.mark.parametrize(("name", "path"), WRONG.items())
async def test_a_normal_end_is_an_error(name: str, path: str) -> None:
    async with program(RULE, name) as played:
        await leave(played, path)
        assert isinstance(await played.end(), WebSocketDisconnect)


async def test_it_is_logged_with_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    async with program(RULE, "wrong_plain") as played:
        await leave(played)
        await played.end()
    assert "Exception in ASGI application" in caplog.text


async def test_what_stands_after_the_loop_never_runs() -> None:
    module = load(RULE, "wrong_after_the_loop")
    async with play(module.app) as played:
        await leave(played, "/v1/presence/ann")
        await played.end()
    assert module.online == {"ann"}


async def test_a_group_fails_with_it() -> None:
    async with program(RULE, "wrong_gathered") as played:
        await leave(played)
        assert isinstance(await played.end(), BaseExceptionGroup)


@pytest.mark.parametrize(("name", "path"), RIGHT.items())
async def test_a_right_program_ends_without_error(name: str, path: str) -> None:
    async with program(RULE, name) as played:
        await leave(played, path)
        assert await played.end() is None


@pytest.mark.parametrize("name", ["wrong_plain", "wrong_finally"])
async def test_a_fixed_program_ends_without_error(name: str, tmp_path: Path) -> None:
    async with play(mended(RULE, name, tmp_path).app) as played:
        await leave(played)
        assert await played.end() is None
