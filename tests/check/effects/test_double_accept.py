"""The second accept raises, and the client's connection breaks off."""

import pytest

from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "double-accept"


@pytest.mark.parametrize("name", ["wrong_twice", "wrong_dependency", "wrong_in_loop"])
async def test_the_connection_breaks_off_at_the_second(name: str) -> None:
    async with program(RULE, name) as played, played.peer() as client:
        client.send_text("ann")
        assert await client.end() is None
        raised = await played.end()
        assert isinstance(raised, RuntimeError)
        assert "but got 'websocket.accept'" in str(raised)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("wrong_manager_too", "/ws"),
        ("wrong_other_file", "/rooms/a"),
        ("wrong_endpoint_class", "/ws"),
    ],
)
async def test_wherever_the_two_stand(name: str, path: str) -> None:
    async with program(RULE, name) as played, played.peer(path) as client:
        assert await client.end() is None
        assert "but got 'websocket.accept'" in str(await played.end())


@pytest.mark.parametrize("path", ["/ws", "/flag", "/late"])
async def test_who_accepts_once_is_heard(path: str) -> None:
    async with program(RULE, "right_if_needed") as played, played.peer(path) as client:
        assert await client.receive_text()
        assert await client.end() == 1000
