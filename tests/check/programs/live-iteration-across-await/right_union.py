"""chain of copies"""

import asyncio
import json
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, set[WebSocket]] = {}


async def tell(text):
    for ws in set().union(*rooms.values()):
        try:
            await asyncio.wait_for(ws.send_text(text), 1)
        except Exception:
            continue


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    rooms.setdefault(name, set()).add(websocket)
    try:
        while True:
            await tell(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        rooms[name].discard(websocket)
        if not rooms[name]:
            del rooms[name]
