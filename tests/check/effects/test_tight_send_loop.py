"""Effect of tight-send-loop: nothing else runs on the event loop until the last message is sent."""

import asyncio
from typing import Any

import pytest

from holdfast.testing import serve, until
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


@pytest.mark.parametrize(("name", "looks"), [("wrong_range", 0), ("right_yields", 4_999)])
@pytest.mark.parametrize("ws", ["websockets-sansio", "wsproto"])
async def test_what_else_runs_waits_for_the_whole_stream(ws: str, name: str, looks: int) -> None:
    app, seen = Counting(load(RULE, name).app), set()

    async def looking() -> None:
        while True:
            seen.add(app.sent)
            await asyncio.sleep(0)

    async with serve(app, ws=ws, ws_per_message_deflate=False) as server:
        other = asyncio.create_task(looking())
        async with server.peer("/ws") as peer:
            await until(lambda: peer.messages == 5_000)
        other.cancel()
    assert len(seen - {0, 5_000}) == looks
