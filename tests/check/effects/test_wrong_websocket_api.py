"""What another library's methods do on a Starlette WebSocket."""

from pathlib import Path

import pytest

from holdfast.testing import serve
from tests.check.effects.outcomes import mended, raised, talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "wrong-websocket-api"


@pytest.mark.parametrize(
    ("program", "path", "error"),
    [
        ("wrong_websockets", "/recv", "AttributeError: 'WebSocket' object has no attribute 'recv'"),
        ("wrong_websockets", "/ping", "AttributeError: 'WebSocket' object has no attribute 'ping'"),
        ("wrong_websockets", "/send", "TypeError: string indices must be integers"),
        ("wrong_websockets", "/iterate", "TypeError: 'async for' requires an object with"),
        ("wrong_manager", "/ws/ann", "AttributeError: 'WebSocket' object has no attribute 'open'"),
        ("wrong_starlette", "/aiohttp", "AttributeError: 'WebSocket' object has no attribute"),
    ],
)
async def test_it_raises(
    program: str, path: str, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await talk(load(RULE, program).app, path)
    assert outcome.code == 1006
    assert raised(caplog).startswith(error)


async def test_a_dict_that_is_no_asgi_message_raises(caplog: pytest.LogCaptureFixture) -> None:
    program = load(RULE, "wrong_manager")
    type_ = program.WebSocket
    type_.open, type_.closed = True, False
    try:
        await talk(program.app, "/ws/ann", '{"a": 1}')
    finally:
        del type_.open, type_.closed
    assert raised(caplog).startswith("TypeError: string indices")


@pytest.mark.parametrize("path", ["/ws", "/marked", "/guarded"])
async def test_methods_of_ones_own_work(path: str) -> None:
    app = load(RULE, "right_own_class").app
    texts = ("hello",) if path == "/ws" else ()
    assert (await talk(app, path, *texts)).code == 1000


async def test_mended_it_sends(tmp_path: Path) -> None:
    app = mended(RULE, "wrong_websockets", tmp_path).app
    async with serve(app) as server, server.peer("/iterate") as client:
        client.send_text("hi")
        assert await client.receive_text() == "hi"
