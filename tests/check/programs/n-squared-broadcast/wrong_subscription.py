"""Each connection subscribes for itself, and tells everybody what it hears."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class PubSub:
    """Stands for a client of a broker."""

    async def subscribe(self, channel: str) -> None:
        self.channel = channel

    async def listen(self):
        while True:
            await asyncio.sleep(1)
            yield {"data": "news"}


class Manager:
    def __init__(self) -> None:
        self.active: list[WebSocket] = []

    async def broadcast(self, text: str) -> None:
        for ws in list(self.active):
            try:
                await asyncio.wait_for(ws.send_text(text), 5)
            except Exception:
                self.active.remove(ws)


manager = Manager()


@app.websocket("/news")
async def news(ws: WebSocket):
    await ws.accept()
    manager.active.append(ws)
    pubsub = PubSub()
    await pubsub.subscribe("news")
    try:
        async for message in pubsub.listen():
            await manager.broadcast(message["data"])  # here
    except WebSocketDisconnect:
        pass


@app.websocket("/ticker")
async def ticker(ws: WebSocket):
    await ws.accept()
    manager.active.append(ws)

    async def ticks():
        while True:
            await manager.broadcast("tick")  # here
            await asyncio.sleep(1)

    task = asyncio.create_task(ticks())
    try:
        async for _ in ws.iter_text():
            pass
    finally:
        task.cancel()
        manager.active.remove(ws)
