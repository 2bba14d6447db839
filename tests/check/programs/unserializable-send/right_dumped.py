from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, WebSocket
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, Field, PlainSerializer, field_serializer

app = FastAPI()
Stamp = Annotated[datetime, PlainSerializer(lambda value: value.isoformat())]


class Author(BaseModel):
    name: str


class Note(BaseModel):
    author: Author
    others: list[Author] = []
    at: Stamp = Field(default_factory=datetime.now)
    seen: datetime | None = None
    hidden: datetime = Field(default_factory=datetime.now, exclude=True)


class Job(BaseModel):
    since: datetime = Field(default_factory=datetime.now)

    @field_serializer("since")
    def written(self, since: datetime) -> str:
        return since.isoformat()


@dataclass
class Point:
    x: float
    of: "Point | None" = None


@dataclass
class Track:
    at: datetime
    points: list[Point] = field(default_factory=list)


async def send(websocket: WebSocket, value: Any) -> None:
    await websocket.send_json(jsonable_encoder(value))


async def send_checked(websocket: WebSocket, value: Any) -> None:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    await websocket.send_json(value)


async def send_matched(websocket: WebSocket, value: Any) -> None:
    match value:
        case BaseModel():
            await websocket.send_text(value.model_dump_json())
        case _:
            await websocket.send_json(value)


async def send_anyhow(websocket: WebSocket, value: Any) -> None:
    try:
        await websocket.send_json(value)
    except TypeError:
        await websocket.send_text(str(value))


def described(at: datetime) -> dict[str, str]:
    words = {"at": at.isoformat()}
    return words


@app.websocket("/dumped")
async def dumped(websocket: WebSocket):
    await websocket.accept()
    note, track = Note(author=Author(name="ada")), Track(datetime.now())
    await websocket.send_json(note.model_dump())
    await websocket.send_json(Job().model_dump())
    await websocket.send_json(asdict(Point(1.0)))
    await websocket.send_json({**asdict(track), "at": track.at.isoformat()})
    await websocket.send_json(described(track.at))
    await send(websocket, {"at": datetime.now()})
    await send_checked(websocket, note)
    await send_matched(websocket, note)
    await send_anyhow(websocket, note)
    await websocket.close()
