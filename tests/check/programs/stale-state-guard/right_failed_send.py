"""A send that fails changes application_state, so this guard is not stale on Uvicorn."""

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
