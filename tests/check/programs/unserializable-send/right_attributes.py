from datetime import datetime
from typing import NamedTuple, TypedDict

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel

app = FastAPI()


class Message(TypedDict):
    text: str


class Point(NamedTuple):
    x: int
    y: int


class Settings(dict):
    pass


class Event(BaseModel):
    at: datetime | str
    name: str
    tags: list[str] = []


@app.websocket("/ws")
async def everything(websocket: WebSocket):
    await websocket.accept()
    event = Event(at="now", name="start")
    message: Message = {"text": "hello"}
    await websocket.send_json({"at": event.at, "name": event.name, "tags": event.tags})
    await websocket.send_json([Point(1, 2), Settings(a=1), message])
    await websocket.send_json(datetime.now().timestamp())
    await websocket.send_json(vars(event) and {"a": 1})
    await websocket.send_text(event.name)
    await websocket.send_bytes(memoryview(b"abc").tobytes())
    await websocket.close()


@app.websocket("/error")
async def error(websocket: WebSocket):
    await websocket.accept()
    try:
        int("seven")
    except ValueError as error:
        await websocket.send_json({"error": str(error), "args": list(error.args)})
        await websocket.send_text(f"{error}")
    await websocket.close()
