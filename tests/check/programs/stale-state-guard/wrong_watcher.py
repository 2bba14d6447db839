"""The watcher waits for what nobody changes."""

import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


async def watch(websocket: WebSocket, work: asyncio.Task) -> None:
    while websocket.client_state == WebSocketState.CONNECTED:  # here
        await asyncio.sleep(0.1)
    work.cancel()


async def work_for(websocket: WebSocket) -> None:
    await asyncio.sleep(3600)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    work = asyncio.create_task(work_for(websocket))
    watcher = asyncio.create_task(watch(websocket, work))
    try:
        await work
    finally:
        watcher.cancel()
