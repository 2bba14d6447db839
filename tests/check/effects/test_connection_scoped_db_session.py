"""What a dependency opens stays open for as long as the client is connected."""

import pytest

from holdfast.testing import serve, until
from tests.check.effects.played import program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "connection-scoped-db-session"


@pytest.mark.parametrize("name", ["wrong_get_db", "wrong_holdfast"])
async def test_idle_clients_hold_a_session_each(name: str) -> None:
    loaded = load(RULE, name)
    async with serve(loaded.app) as server:
        async with server.peer("/ws"), server.peer("/ws"), server.peer("/ws"):
            await until(lambda: len(loaded.opened) == 3)
        await until(lambda: not loaded.opened)


@pytest.mark.parametrize("path", ["/ws", "/endpoint"])
async def test_a_session_of_each_message_is_closed_after_it(path: str) -> None:
    loaded = load(RULE, "right_holdfast")
    async with serve(loaded.app) as server, server.peer(path) as client:
        client.send_text("x")
        client.send_text("y")
        await until(lambda: not loaded.opened)


async def test_it_works_through_another_dependency() -> None:
    async with program(RULE, "wrong_through_user") as played, played.peer() as client:
        client.send_text("x")
        assert await client.receive_text() == "nobody: x"
