"""A task beside it receives, which is what changes the state."""

import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()
STATES: list[WebSocketState] = []


async def drain(websocket: WebSocket) -> None:
    async for _ in websocket.iter_text():
        pass


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    draining = asyncio.create_task(drain(websocket))
    while websocket.client_state == WebSocketState.CONNECTED:
        await asyncio.sleep(0.02)
    STATES.append(websocket.client_state)
    await draining
