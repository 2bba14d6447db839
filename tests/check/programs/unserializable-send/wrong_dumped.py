from dataclasses import asdict, dataclass
from datetime import datetime

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel

app = FastAPI()


@dataclass
class Reading:
    value: float
    at: datetime


class Stamped(BaseModel):
    at: datetime


class Note(Stamped):
    text: str


counts: dict[str, int] = {}


@app.websocket("/dumped")
async def dumped(websocket: WebSocket):
    await websocket.accept()
    now = datetime.now()
    await websocket.send_json(asdict(Reading(1.5, now)))  # here
    await websocket.send_json({"kind": "note", **Note(at=now, text="x").model_dump()})  # here
    counts["dumped"] = 1
    await websocket.send_text(counts["dumped"])  # here
    await websocket.close()
