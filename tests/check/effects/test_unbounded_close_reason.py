"""What servers do with a reason that is too long for a close frame."""

from pathlib import Path

import pytest

from tests.check.effects.outcomes import mended, raised, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "unbounded-close-reason"
LONG = "x" * 200
WAYS = [
    ("wrong_exceptions", "/ws", LONG),
    ("wrong_exceptions", "/orders", LONG),
    ("wrong_exceptions", "/orders", f'{{"item": "{LONG}", "count": 1}}'),
    ("wrong_helpers", "/ws", LONG),
    ("wrong_helpers", "/ws", "kick"),
    ("wrong_helpers", "/ws", "many"),
    ("wrong_errors", "/login", "{}"),
    ("wrong_dependency", "/ws", LONG),
]


@pytest.mark.parametrize(("program", "path", "text"), WAYS)
async def test_uvicorn_raises_and_the_client_sees_no_close(
    program: str, path: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await talk(load(RULE, program).app, path, text)
    assert (outcome.code, outcome.reason) == (1006, "")
    assert raised(caplog) == "ProtocolError: control frame too long"


async def test_wsproto_cuts_it() -> None:
    outcome = await talk(load(RULE, "wrong_exceptions").app, "/ws", LONG, ws="wsproto")
    assert (outcome.code, outcome.reason) == (1011, LONG[:123])


async def test_one_of_123_bytes_arrives() -> None:
    outcome = await talk(load(RULE, "right_constants").app, "/ws/a", "exact")
    assert (outcome.code, len(outcome.reason or "")) == (4003, 123)


@pytest.mark.parametrize("path", ["/ws", "/early"])
async def test_before_accept_none_is_sent(path: str, caplog: pytest.LogCaptureFixture) -> None:
    app = load(RULE, "right_before_accept").app
    outcome = await talk(app, f"{path}?token={LONG}")
    assert (outcome.status, raised(caplog)) == (403, "")


@pytest.mark.parametrize(
    ("path", "text", "code"), [("/ws", "é" * 200 + "x", 1011), ("/orders", LONG, 1007)]
)
async def test_mended_it_arrives(path: str, text: str, code: int, tmp_path: Path) -> None:
    app = mended(RULE, "wrong_exceptions", tmp_path).app
    outcome = await talk(app, path, text)
    assert outcome.code == code
    assert 120 < len((outcome.reason or "").encode()) <= 123
