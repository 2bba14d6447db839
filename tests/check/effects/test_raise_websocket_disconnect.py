"""What becomes of a `WebSocketDisconnect` that is raised by hand."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.check.effects.outcomes import last_error, mended, raised, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "raise-websocket-disconnect"


@pytest.mark.parametrize(
    ("program", "path", "text", "code"),
    [
        ("wrong_endpoint", "/ws/x", "", 1008),
        ("wrong_endpoint", "/ws/secret", "error", "something is wrong"),
        ("wrong_caught", "/numbers", '"x"', 1003),
    ],
)
async def test_the_code_never_arrives(
    program: str, path: str, text: str, code: int | str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await talk(load(RULE, program).app, path, text)
    assert (outcome.code, outcome.reason) == (1006, "")
    error = last_error(caplog)
    assert isinstance(error, WebSocketDisconnect)
    assert error.code == code


async def test_nor_where_it_is_caught(caplog: pytest.LogCaptureFixture) -> None:
    outcome = await talk(load(RULE, "wrong_caught").app, "/chat", "quit")
    assert outcome.code == 1006
    assert raised(caplog) == ""


async def test_in_a_dependency_it_is_http_500() -> None:
    assert (await talk(load(RULE, "wrong_dependency").app, "/ws")).status == 500


@pytest.mark.parametrize(
    ("path", "text", "code"), [("/ws?token=x", "raise", 4002), ("/closes", "quit", 4000)]
)
async def test_a_websocket_exception_and_a_close_arrive(path: str, text: str, code: int) -> None:
    assert (await talk(load(RULE, "right_other_exceptions").app, path, text)).code == code


async def test_mended_the_code_arrives(tmp_path: Path) -> None:
    outcome = await talk(mended(RULE, "wrong_endpoint", tmp_path).app, "/ws/x")
    assert (outcome.code, outcome.reason) == (1008, "wrong token")
