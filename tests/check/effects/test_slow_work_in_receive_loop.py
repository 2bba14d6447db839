"""A live client that says more while the handler works is closed: its pongs are not read."""

import pytest

from holdfast.testing import TooLate
from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "slow-work-in-receive-loop"
PINGS = {"ws_ping_interval": 0.1, "ws_ping_timeout": 0.1, "timeout_graceful_shutdown": 0}


@pytest.mark.parametrize("server", ["websockets-sansio", "wsproto"])
async def test_a_live_client_is_closed_while_the_handler_works(server: str) -> None:
    async with (
        program(RULE, "wrong_sleep", ws=server, **PINGS) as played,
        played.peer("/render") as client,
    ):
        for name in "abc":
            client.send_text(name)
        assert await client.receive_text() == "rendering a"
        assert await client.end() == 1011


async def test_work_in_a_task_keeps_it_alive() -> None:
    async with program(RULE, "right_task", **PINGS) as played, played.peer("/chat") as client:
        for name in "abc":
            client.send_text(name)
        with pytest.raises(TooLate):
            await client.end(0.4)


async def test_holdfast_reads_on_while_its_handler_works() -> None:
    async with program(RULE, "right_holdfast", **PINGS) as played, played.peer("/chat") as client:
        for name in "abc":
            client.send_text(name)
        with pytest.raises(TooLate):
            await client.end(0.4)
