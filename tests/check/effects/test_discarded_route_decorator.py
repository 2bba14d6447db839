"""What becomes of a route whose decorator has lost its `@`."""

from pathlib import Path

import pytest

from tests.check.effects.outcomes import alarms, mended, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "discarded-route-decorator"


@pytest.mark.parametrize(
    ("program", "path"),
    [("wrong_app", "/ws"), ("wrong_router", "/api/live"), ("wrong_factory", "/echo")],
)
async def test_there_is_no_route(program: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    outcome = await talk(load(RULE, program).app, path)
    assert outcome.status == 403
    assert alarms(caplog) == []


@pytest.mark.parametrize("path", ["/called", "/assigned", "/added", "/routed"])
async def test_a_call_that_is_used_makes_one(path: str) -> None:
    outcome = await talk(load(RULE, "right_called").app, path)
    assert (outcome.status, outcome.code) == (101, 1000)


async def test_mended_there_is_one(tmp_path: Path) -> None:
    outcome = await talk(mended(RULE, "wrong_app", tmp_path).app, "/rooms/a")
    assert outcome.received == ["a"]
