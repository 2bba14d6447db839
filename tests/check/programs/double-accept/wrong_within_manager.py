from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

app = FastAPI()
online: set[str] = set()


@asynccontextmanager
async def presence(websocket: WebSocket, name: str) -> AsyncIterator[None]:
    await websocket.accept()
    online.add(name)
    try:
        yield
    finally:
        online.discard(name)


@app.websocket("/users/{name}")
async def user(websocket: WebSocket, name: str) -> None:
    async with presence(websocket, name):
        await websocket.accept()  # here
        async for text in websocket.iter_text():
            await websocket.send_text(text)
