from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, WebSocket

app = FastAPI()


@asynccontextmanager
async def as_close(websocket: WebSocket) -> AsyncIterator[None]:
    try:
        yield
    except HTTPException as error:
        await websocket.close(4000 + error.status_code)


@app.websocket("/rooms/{room}")
async def enter(websocket: WebSocket, room: str) -> None:
    await websocket.accept()
    async with as_close(websocket):
        if room != "lobby":
            raise HTTPException(404)
        async for text in websocket.iter_text():
            await websocket.send_text(text)
