"""a generator over it"""

import asyncio
import json
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
sockets: dict[int, WebSocket] = {}


async def tell(text):
    for ws in (s for s in sockets.values() if s.client):  # here
        try:
            await asyncio.wait_for(ws.send_text(text), 1)
        except Exception:
            continue


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    sockets[id(websocket)] = websocket
    try:
        while True:
            await tell(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        sockets.pop(id(websocket), None)
