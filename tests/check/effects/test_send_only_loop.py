"""A loop that only sends: endless where sends fail silently, and fatal to clients that speak."""

import time

import pytest
from starlette.websockets import WebSocketDisconnect

from holdfast.testing import peer, until
from holdfast.testing.peers import Ended
from tests.check.effects.leaving import on_hypercorn
from tests.check.effects.played import program
from tests.support.http import get_json
from tests.support.servers import Servers

pytestmark = pytest.mark.newest
RULE = "send-only-loop"
PINGS = {"ws_ping_interval": 0.15, "ws_ping_timeout": 0.15}


@pytest.mark.parametrize(
    ("name", "path"), [("wrong_ticker", "/ws"), ("wrong_with_try", "/metrics")]
)
async def test_it_never_ends_on_hypercorn(name: str, path: str) -> None:
    async with on_hypercorn(RULE, name) as counted:
        await counted.leave(path)
        await until(lambda: counted.sent >= 10)
        assert counted.task is not None
        assert not counted.task.done()


@pytest.mark.servers
async def test_it_never_ends_on_granian(servers: Servers) -> None:
    server = servers("granian", "tests.check.effects.served:app")
    path = f"/{RULE}/wrong_ticker"
    async with peer(server.port, f"{path}/ws") as ann:
        await ann.receive()
    before = await get_json(server.port, f"{path}/sent")

    async def goes_on() -> bool:
        return await get_json(server.port, f"{path}/sent") > before + 5

    await until(goes_on)


async def test_it_ends_on_uvicorn_with_its_next_send() -> None:
    async with program(RULE, "wrong_ticker") as played:
        async with played.peer() as ann:
            ann.close()
            await ann.end()
        assert isinstance(await played.end(), WebSocketDisconnect)


@pytest.mark.parametrize("kind", ["websockets-sansio", "wsproto"])
async def test_a_client_that_speaks_is_killed(kind: str) -> None:
    """One message is unread, so the server reads no further and sees no pong."""
    async with program(RULE, "wrong_ticker", ws=kind, **PINGS) as played, played.peer() as ann:
        ann.send_text("one")
        ann.send_text("two")
        with pytest.raises(Ended):
            while True:
                await ann.receive()
        assert ann.code == 1011
        await played.end()


async def test_one_that_reads_beside_it_keeps_the_client() -> None:
    async with program(RULE, "right_sibling", **PINGS) as played:
        start = time.monotonic()
        async with played.peer() as ann:
            ann.send_text("one")
            ann.send_text("two")
            while time.monotonic() < start + 0.4:
                await ann.receive()
            ann.close()
            await ann.end()
        assert await played.end() is None


async def test_one_that_reads_beside_it_ends_on_hypercorn() -> None:
    async with on_hypercorn(RULE, "right_sibling") as counted:
        await counted.leave()
        await until(lambda: counted.task is not None and counted.task.done())


@pytest.mark.parametrize(
    ("name", "path"),
    [("wrong_helper", "/camera"), ("wrong_class", "/feed"), ("wrong_route", "/beat")],
)
async def test_helpers_and_states_change_nothing(name: str, path: str) -> None:
    async with on_hypercorn(RULE, name) as counted:
        await counted.leave(path)
        await until(lambda: counted.sent >= 1)
        assert counted.task is not None
        assert not counted.task.done()
