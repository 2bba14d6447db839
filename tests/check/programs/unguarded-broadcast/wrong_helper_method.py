"""The loop sends through a helper of the manager, which has no try either."""

import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


class Hub:
    def __init__(self) -> None:
        self.clients: set[WebSocket] = set()

    async def send_to(self, client, text: str) -> None:
        await asyncio.wait_for(client.send_text(text), timeout=5)

    async def publish(self, text: str) -> None:
        for client in tuple(self.clients):
            await self.send_to(client, text)  # here


hub = Hub()


async def chat(socket: WebSocket) -> None:
    await socket.accept()
    hub.clients.add(socket)
    try:
        while True:
            await hub.publish(await socket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        hub.clients.discard(socket)


app = Starlette(routes=[WebSocketRoute("/chat", chat)])
