"""One message that is not what was expected ends the connection."""

import pytest

from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "unguarded-payload"


@pytest.mark.parametrize(
    ("name", "path", "text", "error"),
    [
        ("wrong_receive_json", "/ws", "no JSON", "JSONDecodeError"),
        ("wrong_receive_json", "/ws", "7", "TypeError"),
        ("wrong_loads", "/rooms/a", "no JSON", "JSONDecodeError"),
        ("wrong_key", "/ws", "{}", "KeyError"),
        ("wrong_model", "/ws", '{"room": "a"}', "ValidationError"),
        ("wrong_iter_json", "/ws", "no JSON", "JSONDecodeError"),
        ("wrong_receive_helper", "/ws", "no JSON", "JSONDecodeError"),
        ("wrong_raw", "/ws", "no JSON", "JSONDecodeError"),
        ("wrong_parts", "/ws", "no colon", "ValueError"),
        ("wrong_number", "/ws", "seven", "ValueError"),
        ("wrong_helper_elsewhere", "/ws", "no JSON", "JSONDecodeError"),
    ],
)
async def test_a_bad_message_ends_the_connection(
    name: str, path: str, text: str, error: str
) -> None:
    async with program(RULE, name) as played, played.peer(path) as client:
        client.send_text(text)
        assert await client.end() is None
        assert type(await played.end()).__name__ == error


async def test_so_does_a_binary_frame() -> None:
    async with program(RULE, "wrong_receive_json") as played, played.peer() as client:
        client.send_bytes(b"{}")
        assert await client.end() is None
        assert repr(await played.end()) == "KeyError('text')"


async def test_a_handler_that_only_logs_it_ends_the_connection_too() -> None:
    async with program(RULE, "wrong_logged") as played, played.peer("/ws/7") as client:
        client.send_text("no JSON")
        assert await client.end() is None


@pytest.mark.parametrize("path", ["/model", "/keys"])
async def test_a_guarded_one_answers_and_goes_on(path: str) -> None:
    async with program(RULE, "right_guarded") as played, played.peer(path) as client:
        for _ in range(3):
            client.send_text("no JSON")
            assert "error" in await client.receive_json()


async def test_holdfast_answers_and_goes_on() -> None:
    async with program(RULE, "right_holdfast") as played, played.peer() as client:
        client.send_text("no JSON")
        assert (await client.receive_json())["holdfast"] == "error"
        client.send_json({"text": "hello"})
        assert await client.receive_json() == {"said": "hello"}
