"""What FastAPI makes of a WebSocket parameter without an annotation."""

from pathlib import Path

import pytest

from tests.check.effects.outcomes import alarms, mended, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "unannotated-websocket-param"


@pytest.mark.parametrize(
    ("program", "path"),
    [
        ("wrong_endpoint", "/ws"),
        ("wrong_endpoint", "/ws/7"),
        ("wrong_registered", "/added"),
        ("wrong_odd_name", "/chat/a"),
        ("wrong_router_elsewhere", "/api/live"),
    ],
)
async def test_every_handshake_is_refused_and_nothing_is_logged(
    program: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await talk(load(RULE, program).app, path)
    assert outcome.status == 403
    assert alarms(caplog) == []


@pytest.mark.parametrize(
    ("program", "path"),
    [("right_annotated", path) for path in ("/a", "/b", "/c/x", "/d", "/f", "/g")]
    + [("right_by_position", path) for path in ("/ws", "/added", "/old")],
)
async def test_an_annotation_or_a_position_is_enough(program: str, path: str) -> None:
    outcome = await talk(load(RULE, program).app, path)
    assert (outcome.status, outcome.code) == (101, 1000)


@pytest.mark.parametrize(
    ("program", "path"), [("wrong_endpoint", "/ws/7"), ("wrong_registered", "/added")]
)
async def test_mended_it_lets_clients_in(program: str, path: str, tmp_path: Path) -> None:
    outcome = await talk(mended(RULE, program, tmp_path).app, path)
    assert (outcome.status, outcome.code) == (101, 1000)
