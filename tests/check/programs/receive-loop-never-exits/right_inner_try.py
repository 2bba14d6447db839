"""What may fail is handled inside; receive stands outside."""

import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            try:
                await websocket.send_json(json.loads(text))
            except Exception:
                continue
    except WebSocketDisconnect:
        pass
