"""What an endpoint does that is a plain function."""

from pathlib import Path

import pytest

from holdfast.testing import serve
from tests.check.effects.outcomes import mended, never_awaited, raised, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "sync-endpoint"


@pytest.mark.parametrize(
    ("program", "path"),
    [
        ("wrong_def", "/ws"),
        ("wrong_registered", "/plain"),
        ("wrong_registered", "/old"),
        ("wrong_registered", "/v1/rooms/a"),
        ("wrong_router_elsewhere", "/live"),
    ],
)
async def test_the_handshake_fails(
    program: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await talk(load(RULE, program).app, path)
    assert outcome.status == 500
    assert raised(caplog) == "TypeError: object NoneType can't be used in 'await' expression"


async def test_the_body_ran_and_did_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with never_awaited(caplog) as names:
        outcome = await talk(load(RULE, "wrong_def").app, "/hello")
    assert names == {"accept", "send_text", "receive_text", "close"}
    assert outcome.status == 500


def test_with_await_inside_it_does_not_compile() -> None:
    with pytest.raises(SyntaxError, match="'await' outside async function"):
        load(RULE, "wrong_await_inside")


@pytest.mark.parametrize("path", ["/hands-on", "/decorated"])
async def test_a_plain_function_may_hand_on(path: str) -> None:
    outcome = await talk(load(RULE, "right_hands_on").app, path)
    assert len(outcome.received) == 1
    assert outcome.code == 1000


async def test_mended_it_serves(tmp_path: Path) -> None:
    outcome = await talk(mended(RULE, "wrong_def", tmp_path).app, "/hello", "hi")
    assert (outcome.received, outcome.code) == (["hello", "You said: hi"], 1000)


async def test_mended_it_compiles(tmp_path: Path) -> None:
    app = mended(RULE, "wrong_await_inside", tmp_path).app
    async with serve(app) as server, server.peer("/ws") as client:
        client.send_text("hi")
        assert await client.receive_text() == "hi"
