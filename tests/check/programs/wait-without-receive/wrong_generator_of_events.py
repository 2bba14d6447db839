import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Feed:
    def __init__(self) -> None:
        self.queues: list[asyncio.Queue[str]] = []

    def publish(self, item: str) -> None:
        for queue in self.queues:
            queue.put_nowait(item)

    async def items(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str] = asyncio.Queue(10)
        self.queues.append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.queues.remove(queue)


feed = Feed()


@app.websocket("/feed")
async def follow(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        async for item in feed.items():  # here
            await websocket.send_text(item)
    except WebSocketDisconnect:
        pass
