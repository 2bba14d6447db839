"""A bare except keeps a task alive that was cancelled: by a shutdown, a deadline, or daphne."""

import asyncio
from pathlib import Path

import pytest

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "bare-except"


async def test_a_cancelled_endpoint_goes_on() -> None:
    async with program(RULE, "wrong_loop") as played, played.peer() as client:
        for text in ("one", "two"):
            client.send_text(text)
            assert await client.receive_text() == text
            played.tasks[0].cancel()
            await asyncio.sleep(0)
        client.send_text("still here")
        assert await client.receive_text() == "still here"
        client.close()
        assert await played.end() is None


async def test_one_that_ends_does_not_say_that_it_was_cancelled() -> None:
    async with program(RULE, "wrong_base_exception") as played, played.peer() as client:
        await client.receive()
        played.tasks[0].cancel()
        assert await played.end() is None


@pytest.mark.parametrize("path", ["/ws", "/earlier", "/conditional"])
async def test_who_raises_again_is_cancelled(path: str) -> None:
    async with program(RULE, "right_raises") as played, played.peer(path) as client:
        client.send_text("hello")
        assert await client.receive_text() == "hello"
        played.tasks[0].cancel()
        assert isinstance(await played.end(), asyncio.CancelledError)


async def test_the_fix_lets_it_end(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_loop", tmp_path) as played, played.peer() as client:
        client.send_text("one")
        assert await client.receive_text() == "one"
        played.tasks[0].cancel()
        assert isinstance(await played.end(), asyncio.CancelledError)
