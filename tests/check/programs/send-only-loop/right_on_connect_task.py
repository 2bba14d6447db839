import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Clock(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.ticking = asyncio.create_task(self.tick(websocket))

    async def tick(self, websocket: WebSocket) -> None:
        while True:
            await websocket.send_text("tick")
            await asyncio.sleep(1)

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        self.ticking.cancel()


app = Starlette(routes=[WebSocketRoute("/clock", Clock)])
