"""Two tasks that receive share what the client says: each message comes to one of them."""

import pytest

from tests.check.effects.leaving import leave
from tests.check.effects.played import play
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "concurrent-receive"
TEXTS = [str(number) for number in range(20)]


@pytest.mark.parametrize("kind", ["websockets-sansio", "wsproto"])
async def test_each_gets_a_part(kind: str) -> None:
    module = load(RULE, "wrong_gather")
    async with play(module.app, ws=kind) as played:
        await leave(played, say=TEXTS)
        assert await played.end() is None
    one, other = module.GOT["a"], module.GOT["b"]
    assert one
    assert other
    assert sorted([*one, *other]) == sorted(TEXTS)


async def test_the_watcher_takes_what_the_endpoint_should_answer() -> None:
    module = load(RULE, "wrong_task_and_loop")
    async with play(module.app) as played:
        async with played.peer() as ann:
            for text in TEXTS:
                ann.send_text(text)
            ann.close()
            await ann.end()
        await played.end()
        assert ann.messages < len(TEXTS)


@pytest.mark.filterwarnings("ignore")
async def test_with_the_older_implementation_the_second_fails() -> None:
    module = load(RULE, "wrong_gather")
    async with play(module.app, ws="websockets") as played, played.peer() as ann:
        ann.send_text("1")
        error = await played.end()
        assert "cannot call recv while another coroutine is already waiting" in str(error)
