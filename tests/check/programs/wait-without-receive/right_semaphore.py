"""A helper that waits for its turn is over when it has had it."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Limit:
    def __init__(self) -> None:
        self.free = 3
        self.condition = asyncio.Condition()

    async def acquire(self, websocket: WebSocket) -> None:
        async with self.condition:
            while not self.free:
                await self.condition.wait()
            self.free -= 1


limit = Limit()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await limit.acquire(websocket)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        limit.free += 1
