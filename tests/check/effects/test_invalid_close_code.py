"""What servers do with a close code that must not be sent."""

from pathlib import Path

import pytest

from tests.check.effects.outcomes import mended, raised, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "invalid-close-code"


@pytest.mark.parametrize(
    ("program", "path", "text"),
    [
        ("wrong_literals", "/ws/expired", ""),
        ("wrong_literals", "/ws/x", "bye"),
        ("wrong_literals", "/limits", "-1"),
        ("wrong_literals", "/limits", "10"),
        ("wrong_literals", "/limits", "5"),
        ("wrong_status", "/ws?token=x", "a"),
        ("wrong_status", "/ws?token=x", "d"),
        ("wrong_helpers", "/chat", "refuse"),
        ("wrong_helpers", "/chat", "raise"),
        ("wrong_helpers", "/chat", "send"),
    ],
)
async def test_uvicorn_raises_and_the_client_sees_no_close(
    program: str, path: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await talk(load(RULE, program).app, path, text)
    assert outcome.code == 1006
    assert raised(caplog) == "ProtocolError: invalid status code"


async def test_on_wsproto_it_is_sent_and_the_client_finds_a_fault() -> None:
    app = load(RULE, "wrong_literals").app
    rewritten = await talk(app, "/ws/x", "bye", ws="wsproto")
    illegal = await talk(app, "/limits", "5", ws="wsproto")
    assert (rewritten.code, rewritten.fault) == (1000, None)
    assert (illegal.code, illegal.fault) == (1006, 1002)


@pytest.mark.parametrize(
    ("text", "code"), [("restart", 1012), ("gateway", 1014), ("first", 3000), ("last", 4999)]
)
async def test_others_arrive(text: str, code: int) -> None:
    assert (await talk(load(RULE, "right_codes").app, "/ws", text)).code == code


@pytest.mark.parametrize(
    ("path", "text", "code"), [("/ws/expired", "", 4401), ("/ws/x", "bye", 1000)]
)
async def test_mended_it_arrives(path: str, text: str, code: int, tmp_path: Path) -> None:
    app = mended(RULE, "wrong_literals", tmp_path).app
    assert (await talk(app, path, text)).code == code
