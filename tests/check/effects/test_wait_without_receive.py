"""Who waits for events alone outlives the client, and holds up the server's end."""

import asyncio

import pytest

from holdfast.testing import until
from tests.check.effects.leaving import end_all, leave
from tests.check.effects.played import play, program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "wait-without-receive"

WRONG = {
    "wrong_timeout_and_on": "/ws",
    "wrong_event": "/state",
    "wrong_condition": "/news",
    "wrong_subscriber": "/logs/7",
    "wrong_parked": "/future",
    "wrong_helper": "/ws/1",
    "wrong_unset_event": "/ws",
    "wrong_sentinel": "/bus",
    "wrong_generator": "/ws",
}


@pytest.mark.parametrize(("name", "path"), WRONG.items())
async def test_it_goes_on_without_the_client(name: str, path: str) -> None:
    async with program(RULE, name) as played:
        await leave(played, path)
        assert not played.tasks[0].done()
        await end_all(played)


async def test_its_queue_stays_registered_until_the_next_event() -> None:
    module = load(RULE, "wrong_queue")
    async with play(module.app) as played:
        await leave(played, "/events")
        (queue,) = module.QUEUES
        queue.put_nowait({"first": 1})
        assert await played.end() is None
    assert not module.QUEUES


async def test_the_servers_end_waits_for_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with program(RULE, "wrong_queue") as played:
        await leave(played, "/events")
        played.server.uvicorn.should_exit = True
        await until(lambda: "Waiting for background tasks to complete" in caplog.text)
        assert not played.tasks[0].done()
        await end_all(played)


@pytest.mark.parametrize("name", ["right_first_completed", "right_class", "right_two_tasks"])
async def test_one_that_also_receives_ends(name: str) -> None:
    async with program(RULE, name) as played:
        await leave(played, "/events" if name == "right_first_completed" else "/ws")
        await asyncio.wait(played.tasks)
        assert await played.end() is None
