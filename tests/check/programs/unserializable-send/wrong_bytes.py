import json

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/bytes")
async def as_bytes(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_bytes(json.dumps({"a": 1}))  # here
    await websocket.close()


@app.websocket("/none")
async def none(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text(None)  # here
    await websocket.close()


@app.websocket("/number")
async def number(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text(len("seven"))  # here
    await websocket.close()
