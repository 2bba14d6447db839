"""While a method of an Endpoint runs, no message is handled."""

import pytest

from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "endless-on-connect"


@pytest.mark.parametrize("server", ["websockets-sansio", "holdfast.server:Protocol"])
async def test_messages_are_never_handled(server: str) -> None:
    async with program(RULE, "wrong_ticks", ws=server) as played, played.peer() as client:
        client.send_text("x")
        assert {await client.receive_text() for _ in range(4)} == {"tick"}


async def test_on_connect_reads_them_all() -> None:
    async with program(RULE, "wrong_reads") as played, played.peer() as client:
        for text in "ab":
            client.send_text(text)
            assert await client.receive_text() == f"connect {text}"


async def test_the_second_message_waits_for_ever() -> None:
    async with program(RULE, "wrong_message") as played, played.peer() as client:
        client.send_text("a")
        client.send_text("b")
        assert {await client.receive_text() for _ in range(4)} == {"got a"}


async def test_a_task_lets_them_through() -> None:
    async with program(RULE, "right_stream") as played, played.peer() as client:
        client.send_text("x")
        while await client.receive_text() != "x":
            pass
