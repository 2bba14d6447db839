"""The helper that sends catches nothing."""

import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


class Hub:
    def __init__(self) -> None:
        self.clients: dict[str, WebSocket] = {}

    async def send_to(self, name: str, text: str) -> None:
        client = self.clients[name]
        async with asyncio.timeout(5):
            await client.send_text(text)

    async def publish(self, text: str) -> None:
        await asyncio.gather(*[self.send_to(name, text) for name in self.clients])  # here

    async def push(self, client, text: str) -> None:
        await client.send_text(text)

    async def publish_tasks(self, text: str) -> None:
        await asyncio.gather(  # here
            *[asyncio.create_task(self.push(one, text)) for one in self.clients.values()]
        )


hub = Hub()


async def live(socket: WebSocket) -> None:
    await socket.accept()
    name = str(id(socket))
    hub.clients[name] = socket
    try:
        async for text in socket.iter_text():
            await hub.publish(text)
            await hub.publish_tasks(text)
    except WebSocketDisconnect:
        pass
    finally:
        hub.clients.pop(name, None)


app = Starlette(routes=[WebSocketRoute("/live", live)])
