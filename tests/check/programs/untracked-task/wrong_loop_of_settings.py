"""The task is begun with a loop that stands among the settings, and nobody keeps it."""

import asyncio
import types
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

settings = types.SimpleNamespace(loop=None)


@asynccontextmanager
async def keep_loop(app: FastAPI) -> AsyncIterator[None]:
    settings.loop = asyncio.get_running_loop()
    yield


app = FastAPI(lifespan=keep_loop)


async def tick(websocket: WebSocket) -> None:
    while True:
        await websocket.send_text("tick")
        await asyncio.sleep(1)


@app.websocket("/ticks")
async def ticks(websocket: WebSocket) -> None:
    await websocket.accept()
    settings.loop.create_task(tick(websocket))  # here
    async for _ in websocket.iter_text():
        pass
