"""Two tasks that receive share what the client says: each message comes to one of them."""

import pytest

from holdfast.testing import until
from tests.check.effects.played import play
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "concurrent-receive"
TEXTS = [str(number) for number in range(20)]


@pytest.mark.parametrize("kind", ["websockets-sansio", "wsproto"])
async def test_each_gets_a_part(kind: str) -> None:
    module = load(RULE, "wrong_gather")
    got = module.GOT
    async with play(module.app, ws=kind) as played:
        async with played.peer() as ann:
            for number, text in enumerate(TEXTS):  # at once they might all be there for the first
                ann.send_text(text)
                await until(lambda: len(got["a"]) + len(got["b"]) > number)  # noqa: B023
            ann.close()
            await ann.end()
        assert await played.end() is None
    assert got["a"]
    assert got["b"]
    assert sorted([*got["a"], *got["b"]]) == sorted(TEXTS)


async def test_the_watcher_takes_what_the_endpoint_should_answer() -> None:
    module = load(RULE, "wrong_task_and_loop")
    async with play(module.app) as played:
        async with played.peer() as ann:
            ann.send_text("first")
            assert await ann.receive_text() == "first"  # now both wait
            for text in TEXTS:
                ann.send_text(text)
            ann.close()
            await ann.end()
        await played.end()
        assert ann.messages <= len(TEXTS)  # of one more


@pytest.mark.filterwarnings("ignore")
async def test_with_the_older_implementation_the_second_fails() -> None:
    module = load(RULE, "wrong_gather")
    async with play(module.app, ws="websockets") as played, played.peer() as ann:
        ann.send_text("1")
        error = await played.end()
        assert "cannot call recv while another coroutine is already waiting" in str(error)
