"""Starlette reads, but nobody can end the task."""

import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Ticker(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        asyncio.create_task(self.tick(websocket))

    async def tick(self, websocket: WebSocket) -> None:
        while True:
            try:
                await websocket.send_text("tick")
            except Exception:  # here
                pass
            await asyncio.sleep(0.01)


app = Starlette(routes=[WebSocketRoute("/ticker", Ticker)])
