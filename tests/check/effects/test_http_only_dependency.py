"""What a dependency for HTTP does on a WebSocket route."""

from pathlib import Path

import pytest

from tests.check.effects.outcomes import mended, raised, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "http-only-dependency"


@pytest.mark.parametrize(
    ("program", "path", "name"),
    [
        ("wrong_depends", "/ws", "get_user"),
        ("wrong_depends", "/nested", "get_token"),
        ("wrong_endpoint", "/live/prices", "prices"),
        ("wrong_router", "/limited", "log_call"),
        ("wrong_two_files", "/ws", "current_user"),
    ],
)
async def test_the_handshake_fails(
    program: str, path: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await talk(load(RULE, program).app, path)
    assert outcome.status == 500
    assert raised(caplog).startswith(f"TypeError: {name}() missing 1 required positional argument")


async def test_a_cookie_is_never_set_and_a_task_never_run() -> None:
    program = load(RULE, "wrong_lost")
    assert (await talk(program.app, "/cookie")).received == ["remembered"]
    assert (await talk(program.app, "/mail")).code == 1000
    assert program.sent == []


@pytest.mark.parametrize("program", ["right_connection", "right_either", "right_http_only_routes"])
async def test_what_takes_any_connection_works(program: str) -> None:
    outcome = await talk(load(RULE, program).app, "/ws")
    assert len(outcome.received) == 1
    assert outcome.code == 1000


async def test_mended_it_takes_a_websocket(tmp_path: Path) -> None:
    outcome = await talk(mended(RULE, "wrong_depends", tmp_path).app, "/nested")
    assert outcome.received == ['{"token":""}']
