"""To close a socket whose client has left raises, on uvicorn."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.check.effects.played import Played, mended, program

pytestmark = pytest.mark.newest
RULE = "unguarded-close"
WS = ["websockets-sansio", "wsproto"]


async def leave(played: Played, path: str, text: str = "1") -> BaseException | None:
    """Connect, say something, and leave without a word; returns how that ended."""
    async with played.peer(path) as client:
        client.send_text(text)
        await client.receive()
    return await played.end()


@pytest.mark.parametrize("ws", WS)
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("wrong_finally", "/ws"),
        ("wrong_disconnect_handler", "/ws"),
        ("wrong_any_error", "/ws"),
        ("wrong_helper_reads", "/ws/ann"),
    ],
)
async def test_the_clean_up_raises(ws: str, name: str, path: str) -> None:
    async with program(RULE, name, ws=ws) as played:
        assert isinstance(await leave(played, path), WebSocketDisconnect)


async def test_after_a_failed_send_it_is_another_error() -> None:
    async with program(RULE, "wrong_bare") as played:
        raised = await leave(played, "/ws")
        assert isinstance(raised, RuntimeError)
        assert str(raised) == 'Cannot call "send" once a close message has been sent.'


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("right_suppressed", ["/ws", "/tried", "/outside"]),
        ("right_state", ["/ws", "/flag"]),
        ("right_not_the_client", ["/ws"]),
        ("right_helper_guards", ["/ws"]),
    ],
)
async def test_who_guards_it_ends_well(name: str, paths: list[str]) -> None:
    async with program(RULE, name) as played:
        for path in paths:
            assert await leave(played, path) is None


@pytest.mark.parametrize("ws", WS)
@pytest.mark.parametrize("name", ["wrong_finally", "wrong_disconnect_handler", "wrong_any_error"])
async def test_the_fix_guards_it(ws: str, name: str, tmp_path: Path) -> None:
    async with mended(RULE, name, tmp_path, ws=ws) as played:
        assert await leave(played, "/ws") is None
