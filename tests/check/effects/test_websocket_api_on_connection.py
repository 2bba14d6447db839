"""A Connection has none of a WebSocket's methods: the handler fails at the first."""

from pathlib import Path

import pytest

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "websocket-api-on-connection"


@pytest.mark.parametrize(
    ("name", "path", "missing"),
    [
        ("wrong_messages", "/text", "send_text"),
        ("wrong_messages", "/json", "receive_json"),
        ("wrong_messages", "/iter", "iter_text"),
        ("wrong_handshake", "/ws", "headers"),
        ("wrong_handshake", "/endpoint", "query_params"),
        ("wrong_elsewhere", "/ws", "send_text"),
    ],
)
async def test_the_handler_fails(name: str, path: str, missing: str) -> None:
    async with program(RULE, name) as played, played.peer(path) as client:
        client.send_text("x")
        assert await client.end() == 1011
        assert str(await played.end()) == f"'Connection' object has no attribute {missing!r}"


async def test_its_own_methods_work() -> None:
    async with program(RULE, "right_own_methods") as played, played.peer("/ws?name=ann") as client:
        assert (await client.receive_json())["user"] is None
        client.send_text("x")
        assert await client.receive_text() == "x"


@pytest.mark.parametrize("path", ["/text", "/json", "/iter"])
async def test_mended_it_answers(path: str, tmp_path: Path) -> None:
    async with mended(RULE, "wrong_messages", tmp_path) as played, played.peer(path) as client:
        client.send_json({"a": 1})
        assert await client.receive_json() == {"a": 1}
