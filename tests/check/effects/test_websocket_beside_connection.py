"""What the WebSocket receives, Holdfast reads as well: messages are lost."""

import pytest

from holdfast.testing import TooLate
from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "websocket-beside-connection"


@pytest.mark.parametrize("server", ["websockets-sansio", "holdfast.server:Protocol"])
@pytest.mark.parametrize("name", ["wrong_receive", "wrong_iter"])
async def test_messages_are_lost(name: str, server: str) -> None:
    options = {"ws": server, "timeout_graceful_shutdown": 0}
    async with program(RULE, name, **options) as played, played.peer() as client:
        for text in "abcd":
            client.send_text(text)
        with pytest.raises(TooLate):
            await client.receive(0.1)
            await client.receive(0.1)
            await client.receive(0.1)
        assert client.messages < 3


async def test_it_is_accepted_twice() -> None:
    async with program(RULE, "wrong_accept") as played, played.peer() as client:
        assert await client.end() == 1011
        assert "but got 'websocket.accept'" in str(await played.end())


async def test_headers_may_be_read_from_it() -> None:
    async with program(RULE, "right_reads_handshake") as played, played.peer() as client:
        for text in "abcd":
            client.send_text(text)
            assert (await client.receive_text()).endswith(f" /ws {text}")
