"""Only a receive changes `client_state`; who looks at it without one sees the past."""

import pytest
from starlette.websockets import WebSocketState

from holdfast.testing import until
from tests.check.effects.leaving import end_all, leave, on_hypercorn
from tests.check.effects.played import play, program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "stale-state-guard"


async def test_the_state_stays_what_it_was() -> None:
    module = load(RULE, "wrong_while")
    async with play(module.app) as played:
        await leave(played)
        module.STATES.clear()
        await until(lambda: len(module.STATES) >= 3)
        assert set(module.STATES) == {WebSocketState.CONNECTED}
        await end_all(played)


@pytest.mark.parametrize("name", ["wrong_break", "wrong_watcher"])
async def test_the_loop_never_ends(name: str) -> None:
    async with program(RULE, name) as played:
        await leave(played)
        assert not played.tasks[0].done()
        await end_all(played)


@pytest.mark.parametrize(("name", "path"), [("wrong_sends", "/prices"), ("wrong_helper", "/ws")])
async def test_a_loop_that_sends_goes_on_on_hypercorn(name: str, path: str) -> None:
    async with on_hypercorn(RULE, name) as counted:
        await counted.leave(path)
        await until(lambda: counted.sent >= 1)
        assert counted.task is not None
        assert not counted.task.done()


async def test_a_receive_beside_it_changes_the_state() -> None:
    module = load(RULE, "right_sibling")
    async with play(module.app) as played:
        await leave(played)
        assert await played.end() is None
    assert module.STATES == [WebSocketState.DISCONNECTED]
