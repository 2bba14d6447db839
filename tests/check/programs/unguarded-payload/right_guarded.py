import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ValidationError

app = FastAPI()


class Say(BaseModel):
    room: str
    text: str


@app.websocket("/model")
async def model(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            try:
                message = Say.model_validate_json(text)
            except ValidationError as error:
                await websocket.send_json({"error": error.error_count()})
                continue
            await websocket.send_text(message.text)
    except WebSocketDisconnect:
        pass


@app.websocket("/keys")
async def keys(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            try:
                message = json.loads(await websocket.receive_text())
                room, text = message["room"], message["text"]
            except (ValueError, KeyError, TypeError):
                await websocket.send_json({"error": "bad message"})
                continue
            await websocket.send_text(f"{room}: {text}")
    except WebSocketDisconnect:
        pass


@app.websocket("/get")
async def get(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            try:
                message = await websocket.receive_json()
            except Exception as error:
                if isinstance(error, WebSocketDisconnect):
                    raise
                await websocket.send_json({"error": "no JSON"})
                continue
            if not isinstance(message, dict) or "kind" not in message:
                continue
            await websocket.send_text(message["kind"])
    except WebSocketDisconnect:
        pass
