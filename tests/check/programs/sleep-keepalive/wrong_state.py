import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()
connections: set[WebSocket] = set()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    connections.add(ws)
    while ws.client_state == WebSocketState.CONNECTED:
        await asyncio.sleep(1)  # here
    connections.discard(ws)
