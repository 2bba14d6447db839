import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()
STATES: list[WebSocketState] = []


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while websocket.client_state == WebSocketState.CONNECTED:  # here
        STATES.append(websocket.client_state)
        await asyncio.sleep(0.02)
    STATES.append(WebSocketState.DISCONNECTED)
