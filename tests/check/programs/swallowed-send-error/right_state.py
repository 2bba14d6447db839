"""A send that fails changes application_state."""

import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while websocket.application_state == WebSocketState.CONNECTED:
        try:
            await websocket.send_text("tick")
        except Exception:
            print("not sent")
        await asyncio.sleep(0.01)


@app.websocket("/break")
async def with_break(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            await websocket.send_text("tick")
        except Exception:
            print("not sent")
        if websocket.application_state != WebSocketState.CONNECTED:
            break
        await asyncio.sleep(0.01)
