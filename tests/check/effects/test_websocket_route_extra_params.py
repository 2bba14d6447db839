"""What a parameter does that Starlette's route does not pass."""

from pathlib import Path

import pytest

from tests.check.effects.outcomes import mended, raised, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "websocket-route-extra-params"


@pytest.mark.parametrize(
    ("program", "path", "missing"),
    [
        ("wrong_decorator", "/rooms/a", "room() missing 1 required positional argument: 'room_id'"),
        ("wrong_decorator", "/numbers/1/2", "missing 1 required keyword-only argument: 'first'"),
        ("wrong_starlette", "/rooms/a/b", "missing 2 required positional arguments"),
        ("wrong_added", "/jobs/1", "missing 1 required positional argument: 'job_id'"),
    ],
)
async def test_the_handshake_fails(
    program: str, path: str, missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await talk(load(RULE, program).app, path)
    assert outcome.status == 500
    assert raised(caplog).startswith("TypeError: ")
    assert missing in raised(caplog)


@pytest.mark.parametrize(
    ("program", "path"),
    [
        ("right_one_parameter", "/rooms/a"),
        ("right_one_parameter", "/defaults/a"),
        ("right_one_parameter", "/anything"),
        ("right_one_parameter", "/fastapi/a"),
        ("right_classes", "/s/join"),
        ("right_partial", "/hello"),
        ("right_partial", "/rooms/a"),
    ],
)
async def test_the_websocket_alone_is_enough(program: str, path: str) -> None:
    outcome = await talk(load(RULE, program).app, path)
    assert (outcome.status, outcome.code) == (101, 1000)


async def test_mended_it_is_given_them(tmp_path: Path) -> None:
    outcome = await talk(mended(RULE, "wrong_decorator", tmp_path).app, "/api/members/ann")
    assert outcome.received == ["ann"]
