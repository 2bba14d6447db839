"""The end comes as a message; who overlooks it is told by RuntimeError."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnected

from tests.check.effects.leaving import leave
from tests.check.effects.mended import mended
from tests.check.effects.played import play, program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "raw-receive-ignores-disconnect"

WRONG = {
    "wrong_in": ("/ws", WebSocketDisconnected),
    "wrong_get": ("/audio", WebSocketDisconnected),
    "wrong_key": ("/", KeyError),
    "wrong_only_receive": ("/ws", WebSocketDisconnected),
    "wrong_helper": ("/record", WebSocketDisconnected),
    "wrong_wait_for": ("/ws", WebSocketDisconnected),
    "wrong_continue": ("/ws", WebSocketDisconnected),
    "wrong_match": ("/ws", WebSocketDisconnected),
}
SPELLINGS = ["get", "match", "endswith", "constant", "other", "else", "neither", "state"]


@pytest.mark.parametrize("name", WRONG)
async def test_the_next_call_raises_what_nobody_handles(name: str) -> None:
    path, error = WRONG[name]
    async with program(RULE, name) as played:
        await leave(played, path)
        assert isinstance(await played.end(), error)


async def test_the_handler_for_the_end_does_not_run() -> None:
    module = load(RULE, "wrong_in")
    async with play(module.app) as played:
        await leave(played, say=["hello"])
        await played.end()
    assert not module.LEFT


async def test_who_tests_the_type_is_told() -> None:
    module = load(RULE, "right_type")
    async with play(module.app) as played:
        await leave(played, say=["hello"])
        assert await played.end() is None
    assert module.LEFT == ["client"]


async def test_in_every_spelling() -> None:
    async with program(RULE, "right_spellings") as played:
        for one in SPELLINGS[1:]:
            await leave(played, f"/{one}", say=["hello"] if one != "neither" else [])
            assert await played.end() is None


async def test_a_fixed_program_ends(tmp_path: Path) -> None:
    async with play(mended(RULE, "wrong_in", tmp_path).app) as played:
        await leave(played, say=["hello"])
        assert await played.end() is None
