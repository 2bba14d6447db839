"""What a forgotten `await` does."""

from pathlib import Path

import pytest

from tests.check.effects.outcomes import alarms, mended, never_awaited, raised, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "missing-await"


async def test_nothing_is_sent_and_only_a_warning_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with never_awaited(caplog) as names:
        outcome = await talk(load(RULE, "wrong_endpoint").app, "/send")
        assert alarms(caplog) == []
    assert names == {"send_text"}
    assert (outcome.received, outcome.code) == ([], 1000)


async def test_without_accept_the_next_call_raises(caplog: pytest.LogCaptureFixture) -> None:
    with never_awaited(caplog) as names:
        outcome = await talk(load(RULE, "wrong_endpoint").app, "/accept")
        assert raised(caplog).startswith('RuntimeError: Expected ASGI message "websocket.accept"')
    assert names == {"accept"}
    assert outcome.status == 500


async def test_what_is_received_is_a_coroutine(caplog: pytest.LogCaptureFixture) -> None:
    app = load(RULE, "wrong_values").app
    with never_awaited(caplog) as names:
        outcome = await talk(app, "/echo", "hi")
    assert names == {"send_text", "receive_text"}
    assert str(outcome.received[0]).startswith("Message text was: <coroutine object")


async def test_what_is_handed_on_is_sent() -> None:
    outcome = await talk(load(RULE, "right_handed_on").app, "/ws", "r", "bye")
    assert {*outcome.received} >= {"x", "y", "z", "w", "v"}


@pytest.mark.parametrize(
    ("program", "path", "text", "answer"),
    [
        ("wrong_endpoint", "/send", "", "hello"),
        ("wrong_values", "/echo", "hi", "Hello Ann"),
        ("wrong_values", "/json", '{"item": 7}', "7"),
    ],
)
async def test_mended_it_is_sent(
    program: str, path: str, text: str, answer: str, tmp_path: Path
) -> None:
    outcome = await talk(mended(RULE, program, tmp_path).app, path, text)
    assert outcome.received[0] == answer
    assert outcome.code == 1000
