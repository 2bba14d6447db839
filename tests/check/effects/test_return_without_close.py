"""What a client sees of an endpoint that returns without a close; test_servers.py has the rest."""

from pathlib import Path

import pytest

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "return-without-close"
SAYS = {
    "wrong_end": "hello",
    "wrong_break": "quit",
    "wrong_return": '{"type": "bye"}',
    "wrong_finite_stream": "",
    "wrong_refuses_by_word": "",
    "wrong_idle": "",
    "wrong_other_file": "stop",
}


@pytest.mark.parametrize("name", SAYS)
async def test_uvicorn_breaks_off(name: str) -> None:
    async with program(RULE, name) as played:
        async with played.peer("/ws/ann" if name == "wrong_other_file" else "/ws") as client:
            client.send_text(SAYS[name] or "hello")
            assert await client.end() is None
        assert await played.end() is None


async def test_uvicorn_breaks_off_with_wsproto() -> None:
    async with program(RULE, "wrong_end", ws="wsproto") as played, played.peer() as client:
        client.send_text("hello")
        assert await client.end() is None


async def test_who_closes_is_understood() -> None:
    async with program(RULE, "right_closes") as played:
        async with played.peer("/ws") as client:
            client.send_text("hello")
            assert await client.end() == 1000
        async with played.peer("/loop") as client:
            client.send_text("quit")
            assert await client.end() == 1000
            assert client.reason == "as you wish"


@pytest.mark.parametrize("path", ["/ws", "/session", "/kept"])
async def test_a_helper_may_close(path: str) -> None:
    async with program(RULE, "right_helper_closes") as played, played.peer(path) as client:
        client.send_text("hello")
        assert await client.end() == 1000


@pytest.mark.parametrize("name", ["wrong_end", "wrong_return", "wrong_break", "wrong_idle"])
async def test_the_fix_closes(name: str, tmp_path: Path) -> None:
    async with mended(RULE, name, tmp_path) as played, played.peer() as client:
        client.send_text(SAYS[name] or "hello")
        assert await client.end() == 1000
