"""Effect of tight-send-loop: nothing else runs on the event loop until the last message is sent."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from holdfast.testing import serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "tight-send-loop"


class Counting:
    """Counts what an application sends."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.sent = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def counting(message: Any) -> None:
            self.sent += message["type"] == "websocket.send"
            await send(message)

        await self.app(scope, receive, counting)


@pytest.mark.parametrize("is_mended", [False, True])
@pytest.mark.parametrize("ws", ["websockets-sansio", "wsproto"])
async def test_what_else_runs_waits_for_the_whole_stream(
    ws: str, is_mended: bool, tmp_path: Path
) -> None:
    name = "wrong_range"
    program = mended(RULE, name, tmp_path) if is_mended else load(RULE, name)
    app, seen = Counting(program.app), set()

    async def looking() -> None:
        while True:
            seen.add(app.sent)
            await asyncio.sleep(0)

    async with serve(app, ws=ws, ws_per_message_deflate=False) as server:
        other = asyncio.create_task(looking())
        async with server.peer("/ws") as peer:
            await until(lambda: peer.messages == 5_000)
        other.cancel()
    assert len(seen - {0, 5_000}) == (4_999 if is_mended else 0)
