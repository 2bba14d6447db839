from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


@asynccontextmanager
async def registered(ws: WebSocket) -> AsyncIterator[None]:
    clients.add(ws)
    try:
        yield
    finally:
        clients.discard(ws)


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    async with registered(ws):
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnect:
            print("gone")
