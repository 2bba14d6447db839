"""chain over it"""

import asyncio
import json
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
import itertools

app = FastAPI()
rooms: dict[str, set[WebSocket]] = {}


async def tell(text):
    for ws in itertools.chain.from_iterable(rooms.values()):  # here
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
