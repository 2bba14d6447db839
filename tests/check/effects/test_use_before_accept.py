"""Who uses a socket before it is accepted is answered 500."""

import pytest

from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "use-before-accept"
SEND = (RuntimeError, 'Expected ASGI message "websocket.accept"')
RECEIVE = (RuntimeError, 'WebSocket is not connected. Need to call "accept" first.')


@pytest.mark.parametrize(
    ("name", "path", "error"),
    [
        ("wrong_send", "/ws", SEND),
        ("wrong_receive", "/ws", RECEIVE),
        ("wrong_one_branch", "/ws", SEND),
        ("wrong_other_file", "/ws", RECEIVE),
        ("wrong_greets_first", "/ws/ann", SEND),
        ("wrong_endpoint_class", "/ws", SEND),
    ],
)
async def test_the_handshake_fails(
    name: str, path: str, error: tuple[type[Exception], str]
) -> None:
    async with program(RULE, name) as played:
        assert await played.refused(path) == 500
        raised = await played.end()
        assert isinstance(raised, error[0])
        assert error[1] in str(raised)


@pytest.mark.parametrize("name", ["right_manager_accepts", "right_other_file", "right_raw_receive"])
async def test_who_accepts_is_heard(name: str) -> None:
    async with program(RULE, name) as played, played.peer() as client:
        assert await client.receive_text() == "welcome"
