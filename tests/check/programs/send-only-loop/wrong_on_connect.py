"""Nothing is dispatched before on_connect has returned."""

import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Clock(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        while True:  # here
            await websocket.send_text("tick")
            await asyncio.sleep(1)

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        await websocket.send_text(data)


app = Starlette(routes=[WebSocketRoute("/clock", Clock)])
