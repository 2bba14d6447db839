from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

app = FastAPI()


@asynccontextmanager
async def session(websocket: WebSocket) -> AsyncIterator[WebSocket]:
    await websocket.accept()
    yield websocket
    await websocket.close()


@app.websocket("/report")
async def report(websocket: WebSocket) -> None:
    async with session(websocket) as out:
        await out.send_text("one")
        await out.send_text("two")
    await websocket.send_json({"done": True})  # here
