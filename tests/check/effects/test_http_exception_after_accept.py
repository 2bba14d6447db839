"""After accept there is no HTTP answer left: an HTTPException is one more error."""

from pathlib import Path

import pytest

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "http-exception-after-accept"


@pytest.mark.parametrize(
    ("name", "path", "says"),
    [
        ("wrong_not_found", "/ws/attic", ""),
        ("wrong_manager", "/ws/ann", "{}"),
        ("wrong_starlette", "/ws", "guess"),
        ("wrong_helper", "/ws", "z"),
    ],
)
async def test_the_connection_breaks_off(name: str, path: str, says: str) -> None:
    async with program(RULE, name) as played, played.peer(path) as client:
        client.send_text(says)
        assert await client.end() is None
        raised = await played.end()
        assert isinstance(raised, RuntimeError)
        assert "but got 'websocket.http.response.start'" in str(raised)


async def test_before_accept_it_is_an_answer() -> None:
    async with program(RULE, "right_before") as played:
        assert await played.refused() == 401
        assert await played.refused("/ws?token=mallory") == 403
        assert await played.refused("/branch") == 401


async def test_who_catches_it_can_say_so() -> None:
    async with program(RULE, "right_caught") as played:
        async with played.peer() as client:
            client.send_text("z")
            assert await client.receive_json() == {"error": "no such item"}
        async with played.peer("/outer") as client:
            client.send_text("guess")
            assert await client.receive_text() == "refused: 401: who are you?"
            assert await client.end() == 1000


async def test_a_websocket_exception_closes() -> None:
    async with program(RULE, "right_websocket_exception") as played, played.peer() as client:
        client.send_text("")
        assert (await client.end(), client.reason) == (4401, "who are you?")


async def test_the_fix_closes(tmp_path: Path) -> None:
    wrong = mended(RULE, "wrong_not_found", tmp_path)
    async with wrong as played, played.peer("/ws/attic") as client:
        assert (await client.end(), client.reason) == (1008, "no such room")
