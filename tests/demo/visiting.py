"""How the tests of the demo talk to it."""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

APP = "holdfast.demo.app:app"


def client(port: int, path: str) -> connect:
    # A full queue would keep the close frame from being read.
    return connect(f"ws://127.0.0.1:{port}{path}", proxy=None, max_queue=None)


async def receive(ws: ClientConnection, kind: str = "") -> Any:
    """The next message; of that kind, if one is named."""
    async with asyncio.timeout(20):
        while True:
            message = json.loads(await ws.recv())
            if not kind or message["kind"] == kind:
                return message
