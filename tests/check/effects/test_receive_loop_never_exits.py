"""One client that leaves stops the whole server: each receive raises, and none waits."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected
from websockets.sync.client import connect

from holdfast.testing import until
from tests.check.effects.leaving import Enough, leave, on_hypercorn
from tests.check.effects.mended import mended
from tests.check.effects.played import play, program
from tests.support.servers import STOCK, Servers

pytestmark = pytest.mark.newest
RULE = "receive-loop-never-exits"
ROUNDS = 500

WRONG = {
    "wrong_continue": "/ws",
    "wrong_log": "/chat/ann",
    "wrong_suppress": "/",
    "wrong_two_handlers": "/ws",
    "wrong_helper": "/ws",
    "wrong_quiet_helper": "/ws",
    "wrong_iterate_again": "/ws",
    "wrong_raw": "/ws",
}
RIGHT = {
    "right_break": "/ws",
    "right_raise": "/ws",
    "right_isinstance": "/ws",
    "right_inner_try": "/ws",
    "right_flag": "/",
    "right_state": "/ws",
    "right_iterate": "/ws",
    "right_tested_after": "/inline",
    "right_helper_raises": "/ws",
}


class Rounds:
    """Ends a receive loop that has gone round often enough, and counts the event loop's turns."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rounds = 0
        self.turns = 0
        self.first = 0
        self.last = 0
        receive = WebSocket.receive

        async def counted(websocket: WebSocket) -> object:
            try:
                return await receive(websocket)
            except WebSocketDisconnected:
                self.rounds += 1
                if self.rounds == 1:
                    self.first = self.turns
                if self.rounds >= ROUNDS:
                    self.last = self.turns
                    raise Enough from None
                raise

        monkeypatch.setattr(WebSocket, "receive", counted)
        self.turning = asyncio.create_task(self.turn())

    async def turn(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)

    def stood(self) -> bool:
        """Tell whether nothing else ran from the first round to the last."""
        self.turning.cancel()
        return self.rounds == ROUNDS and self.first == self.last


@pytest.fixture
async def rounds(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rounds]:
    counting = Rounds(monkeypatch)
    yield counting
    counting.turning.cancel()


@pytest.mark.parametrize(("name", "path"), WRONG.items())
async def test_nothing_else_runs_any_more(name: str, path: str, rounds: Rounds) -> None:
    async with program(RULE, name) as played:
        await leave(played, path)
        assert isinstance(await played.end(), Enough)
    assert rounds.stood()


@pytest.mark.servers
def test_one_client_that_leaves_stops_the_server(servers: Servers) -> None:
    server = servers.fresh(STOCK, "tests.check.effects.served:app")
    alive = f"http://127.0.0.1:{server.port}/{RULE}/wrong_continue/alive"
    with urllib.request.urlopen(alive, timeout=10) as answer:
        assert answer.read() == b"true"
    url = f"ws://127.0.0.1:{server.port}/{RULE}/wrong_continue/ws"
    with connect(url, close_timeout=0.1) as ann:
        ann.send("1")
        assert ann.recv() == "1"
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(alive, timeout=0.3)
    server.stop(grace=0)


async def test_where_sends_fail_silently_an_answer_does_not_end_it(rounds: Rounds) -> None:
    async with on_hypercorn(RULE, "wrong_answer_error") as counted:
        await counted.leave()
        await until(lambda: counted.enough)
    assert rounds.stood()


async def test_where_they_fail_aloud_it_does() -> None:
    async with program(RULE, "wrong_answer_error") as played:
        await leave(played)
        assert isinstance(await played.end(), WebSocketDisconnect)


async def test_one_class_alone_is_raised_once() -> None:
    """And the next receive raises another, which nobody handles."""
    async with program(RULE, "wrong_disconnect") as played:
        await leave(played)
        assert isinstance(await played.end(), WebSocketDisconnected)


async def test_a_timeout_makes_it_endless_and_not_deaf(rounds: Rounds) -> None:
    """On Python 3.11, where `wait_for` makes a task; newer ones stand still."""
    async with program(RULE, "wrong_wait_for") as played:
        await leave(played)
        assert isinstance(await played.end(), Enough)
    assert rounds.rounds == ROUNDS


@pytest.mark.parametrize(("name", "path"), RIGHT.items())
async def test_a_right_program_ends(name: str, path: str) -> None:
    async with program(RULE, name) as played:
        await leave(played, path)
        assert await played.end() is None


@pytest.mark.parametrize("name", ["wrong_continue", "wrong_two_handlers", "wrong_disconnect"])
async def test_a_fixed_program_ends(name: str, tmp_path: Path) -> None:
    async with play(mended(RULE, name, tmp_path).app) as played:
        await leave(played)
        assert await played.end() is None
