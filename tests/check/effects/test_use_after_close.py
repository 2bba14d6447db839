"""What is done with a socket after it was closed raises, and no disconnect handler catches it."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "use-after-close"
SENT = 'Cannot call "send" once a close message has been sent.'
RECEIVED = 'WebSocket is not connected. Need to call "accept" first.'


@pytest.mark.parametrize(
    ("name", "path", "says", "error"),
    [
        ("wrong_no_return", "/ws", "", SENT),
        ("wrong_loop", "/ws", "bye", RECEIVED),
        ("wrong_farewell", "/ws", "hello", SENT),
        ("wrong_other_file", "/ws", "[1, 2, 3, 4]", RECEIVED),
        ("wrong_twice", "/ws", "", SENT),
    ],
)
async def test_it_raises(name: str, path: str, says: str, error: str) -> None:
    async with program(RULE, name) as played, played.peer(path) as client:
        client.send_text(says)
        assert await client.end()
        raised = await played.end()
        assert isinstance(raised, RuntimeError)
        assert not isinstance(raised, WebSocketDisconnect)
        assert str(raised) == error


async def test_to_accept_who_was_refused_raises() -> None:
    async with program(RULE, "wrong_accepts_anyway") as played:
        assert await played.refused("/ws/mallory") == 403
        assert str(await played.end()) == SENT


async def test_who_returns_is_fine() -> None:
    async with program(RULE, "right_returns") as played:
        async with played.peer() as client:
            assert await client.end() == 1008
        async with played.peer("/ws?token=s3cret") as client:
            client.send_text("bye")
            assert await client.end() == 1000
        assert [await played.end(), await played.end()] == [None, None]


async def test_the_raw_receive_may_wait_for_the_answer() -> None:
    async with program(RULE, "right_other_sockets") as played:
        async with played.peer("/ws/ann") as client:
            assert await client.end() == 1000
        assert await played.end() is None


async def test_the_fix_returns(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_no_return", tmp_path) as played, played.peer() as client:
        assert await client.end() == 1008
        assert await played.end() is None
    async with mended(RULE, "wrong_loop", tmp_path) as played, played.peer() as client:
        client.send_text("bye")
        assert await client.end() == 1000
        assert await played.end() is None
