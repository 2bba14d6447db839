import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum

from fastapi import FastAPI, WebSocket
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel

app = FastAPI()


class Color(str, Enum):
    RED = "red"


class Reading(BaseModel):
    value: float
    at: datetime


class Point(BaseModel):
    x: int
    y: int


@dataclass
class Trade:
    symbol: str
    price: float


@app.websocket("/ws")
async def all_of_it(websocket: WebSocket):
    await websocket.accept()
    reading = Reading(value=1.5, at=datetime.now())
    point = Point(x=1, y=2)
    await websocket.send_text(reading.model_dump_json())
    await websocket.send_json(reading.model_dump(mode="json"))
    await websocket.send_json(point.model_dump())
    await websocket.send_json(jsonable_encoder(reading))
    await websocket.send_json({"at": datetime.now().isoformat(), "color": Color.RED})
    await websocket.send_json(asdict(Trade("ACME", 7.5)))
    await websocket.send_text(json.dumps({"id": str(uuid.uuid4()), "names": list({"a", "b"})}))
    await websocket.send_text(json.dumps({"at": datetime.now()}, default=str))
    await websocket.send_bytes(json.dumps({"a": 1}).encode())
    await websocket.send_json((1, 2.5, None, True))
    await websocket.close()


@app.websocket("/changed")
async def changed(websocket: WebSocket):
    await websocket.accept()
    message = {"at": datetime.now(), "value": 1}
    message["at"] = message["at"].isoformat()
    await websocket.send_json(message)
    await websocket.close()
