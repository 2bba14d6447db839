"""A worker of the application waits for events, and is no endpoint."""

import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

CLIENTS: set[WebSocket] = set()
EVENTS: asyncio.Queue = asyncio.Queue(maxsize=100)


async def publish() -> None:
    while True:
        event = await EVENTS.get()
        for client in list(CLIENTS):
            try:
                async with asyncio.timeout(1):
                    await client.send_json(event)
            except Exception:
                CLIENTS.discard(client)


@asynccontextmanager
async def lifespan(app: FastAPI):
    task = asyncio.create_task(publish())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    CLIENTS.add(websocket)
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        CLIENTS.discard(websocket)
