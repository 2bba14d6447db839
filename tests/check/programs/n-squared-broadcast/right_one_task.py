"""One timer for the whole application, begun with it."""

import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

clients: set[WebSocket] = set()


async def broadcast(text: str):
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), 5)
        except Exception:
            pass


async def tick():
    number = 0
    while True:
        number += 1
        await broadcast(f"tick {number}")
        await asyncio.sleep(0.02)


@asynccontextmanager
async def lifespan(app: FastAPI):
    task = asyncio.create_task(tick())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    clients.add(ws)
    try:
        while True:
            await ws.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        clients.discard(ws)
