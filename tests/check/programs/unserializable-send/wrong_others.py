import json
from datetime import datetime
from enum import Enum

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Color(Enum):
    RED = 1


@app.websocket("/enum")
async def enum(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json({"color": Color.RED})  # here
    await websocket.close()


@app.websocket("/dumps")
async def dumps(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text(json.dumps({"now": datetime.now()}))  # here
    await websocket.close()


@app.websocket("/keys")
async def keys(websocket: WebSocket):
    await websocket.accept()
    rooms = {"lobby": 1}
    await websocket.send_json({"rooms": rooms.keys()})  # here
    await websocket.close()


@app.websocket("/nan")
async def nan(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json({"load": float("nan")})  # here
    await websocket.close()


@app.websocket("/error")
async def error(websocket: WebSocket):
    await websocket.accept()
    try:
        int("seven")
    except ValueError as error:
        await websocket.send_json({"error": error})  # here
    await websocket.close()
