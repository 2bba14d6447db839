import asyncio
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


class Manager:
    def __init__(self):
        self.active: set[WebSocket] = set()

    async def broadcast(self, message: str):
        for websocket in list(self.active):
            await websocket.send_text(message)


manager = Manager()


async def ticker():
    while True:
        await manager.broadcast("tick")
        time.sleep(1)  # here


@asynccontextmanager
async def lifespan(app):
    task = asyncio.create_task(ticker())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    manager.active.add(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        manager.active.discard(websocket)
