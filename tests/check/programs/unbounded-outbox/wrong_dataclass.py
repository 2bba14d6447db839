"""The queue is a field of an object that is made for each connection."""

import asyncio
from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()


@dataclass
class Client:
    socket: WebSocket
    outbox: asyncio.Queue = field(default_factory=asyncio.Queue)  # here

    async def run(self):
        while True:
            message = await self.outbox.get()
            await self.socket.send_json(message)


class Hub:
    def __init__(self):
        self.clients: list[Client] = []

    async def broadcast(self, message):
        for client in list(self.clients):
            await client.outbox.put(message)


hub = Hub()


@router.websocket("/ws")
async def endpoint(socket: WebSocket):
    await socket.accept()
    client = Client(socket)
    hub.clients.append(client)
    task = asyncio.create_task(client.run())
    try:
        while True:
            await hub.broadcast(await socket.receive_json())
    except WebSocketDisconnect:
        pass
    finally:
        task.cancel()
        hub.clients.remove(client)


app = FastAPI()
app.include_router(router)
