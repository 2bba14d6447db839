"""bytes within"""

import asyncio
import json
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    pass
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_json({"raw": text.encode()})  # here
    except WebSocketDisconnect:
        pass
    finally:
        pass
