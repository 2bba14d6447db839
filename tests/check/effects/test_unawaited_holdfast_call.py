"""Nothing is sent, joined or published; a warning on stderr says so."""

import gc
from pathlib import Path

import pytest

from holdfast.testing import TooLate
from tests.check.effects.played import mended, program
from tests.support.http import post

pytestmark = pytest.mark.newest
RULE = "unawaited-holdfast-call"


async def test_nothing_arrives() -> None:
    with pytest.warns(RuntimeWarning, match="was not awaited, so nothing was done") as warned:
        async with program(RULE, "wrong_handler") as played, played.peer() as client:
            client.send_text("x")
            with pytest.raises(TooLate):
                await client.receive(0.1)
        gc.collect()
    assert {str(one.message).partition("(")[0] for one in warned} == {
        "conn.join",
        "conn.send",
        "hf.publish",
    }


async def test_what_is_handed_on_is_published() -> None:
    async with program(RULE, "right_handed_on") as played, played.peer() as client:
        await post(played.server.port, "/say?text=hello")
        assert await client.receive_text() == "hello"


async def test_mended_everything_arrives(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_handler", tmp_path) as played, played.peer() as client:
        assert await client.receive_text() == "welcome"
        client.send_text("x")
        assert await client.receive_text() == "x"
