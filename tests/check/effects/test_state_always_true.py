"""A member of an enumeration is true, whatever the socket's state is."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect, WebSocketState

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "state-always-true"


def test_every_member_is_true() -> None:
    assert all(WebSocketState)
    assert WebSocketState.DISCONNECTED.CONNECTED


async def test_what_it_should_guard_happens_after_the_client_left() -> None:
    async with program(RULE, "wrong_if") as played:
        async with played.peer() as client:
            client.send_text("hello")
            await client.receive()
        assert isinstance(await played.end(), WebSocketDisconnect)  # of the last send


async def test_who_is_connected_is_called_disconnected() -> None:
    async with program(RULE, "wrong_manager") as played, played.peer("/ws/ann") as client:
        client.send_text("hello")
        assert await client.receive_text() == "hello"
        assert await client.receive_json() == []


async def test_a_comparison_tells() -> None:
    async with program(RULE, "right_compared") as played, played.peer() as client:
        said = [await client.receive_text() for _ in range(5)]
        assert said == ["one", "two", "three", "four", "five"]
        assert await client.end() == 1000


async def test_the_fix_asks(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_if", tmp_path) as played:
        async with played.peer() as client:
            client.send_text("hello")
            await client.receive()
        assert await played.end() is None
