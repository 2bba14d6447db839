"""Each send in a task that nobody keeps: what it raises is never seen."""

import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Hub:
    def __init__(self) -> None:
        self.clients: set[WebSocket] = set()

    def publish(self, text: str) -> None:
        for client in self.clients:
            asyncio.create_task(client.send_text(text))  # here


hub = Hub()


class Live(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        hub.clients.add(websocket)
        asyncio.ensure_future(self.pinging(websocket))  # here

    async def on_receive(self, websocket, data):
        hub.publish(data)

    async def on_disconnect(self, websocket, close_code):
        hub.clients.discard(websocket)

    async def pinging(self, websocket):
        while True:
            await asyncio.sleep(1)
            await websocket.send_text("ping")


app = Starlette(routes=[WebSocketRoute("/live", Live)])
