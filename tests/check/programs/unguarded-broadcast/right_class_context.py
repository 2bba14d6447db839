"""contextlib.suppress(Exception) and a helper class"""

import asyncio
import json
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
sockets: dict[int, WebSocket] = {}


class Safe:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, trace):
        return kind is not None and issubclass(kind, Exception)


async def tell(text):
    for s in list(sockets.values()):
        async with Safe():
            await asyncio.wait_for(s.send_text(text), 1)


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
