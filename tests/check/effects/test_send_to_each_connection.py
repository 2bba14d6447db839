"""One that has left ends the loop, and the connection of who spoke."""

import pytest

from holdfast.testing import serve, until
from tests.check.effects.played import program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "send-to-each-connection"


@pytest.mark.parametrize(
    ("name", "path"), [("wrong_registry", "/ws"), ("wrong_manager", "/rooms/a")]
)
async def test_one_that_has_left_ends_it_for_all(name: str, path: str) -> None:
    loaded = load(RULE, name)
    async with serve(loaded.app) as server:
        async with server.peer(path):
            pass
        await until(lambda: loaded.hf.statistics().opened == 1 and not loaded.hf.connections)
        async with server.peer(path) as speaker, server.peer(path) as other:
            speaker.send_text("hello")
            assert await speaker.end() == 1011
            assert name == "wrong_manager" or other.messages == 0  # a set has no order


async def test_a_channel_reaches_who_is_there() -> None:
    async with program(RULE, "right_publish") as played:
        async with played.peer("/rooms/a"):
            pass
        async with played.peer("/rooms/a") as speaker, played.peer("/rooms/a") as other:
            speaker.send_text("hello")
            assert await speaker.receive_text() == "hello"
            assert await other.receive_text() == "hello"
