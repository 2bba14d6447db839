from datetime import datetime

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel

app = FastAPI()


class Reading(BaseModel):
    value: float
    at: datetime


@app.websocket("/model")
async def model(websocket: WebSocket):
    await websocket.accept()
    reading = Reading(value=1.5, at=datetime.now())
    await websocket.send_json(reading)  # here
    await websocket.close()


@app.websocket("/nested")
async def nested(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json({"value": 1.5, "at": datetime.now()})  # here
    await websocket.close()


@app.websocket("/dump")
async def dump(websocket: WebSocket):
    await websocket.accept()
    reading = Reading(value=1.5, at=datetime.now())
    await websocket.send_json(reading.model_dump())  # here
    await websocket.close()
