from datetime import datetime
from typing import Any

from fastapi import FastAPI, WebSocket

try:
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
except ImportError:
    from typing import Generic, TypeVar

    class Mapped(Generic[TypeVar("T")]):
        pass

    DeclarativeBase = object
    mapped_column = dict

app = FastAPI()


class Note(DeclarativeBase):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    created: Mapped[datetime] = mapped_column()


def as_dict(note: Note) -> dict[str, Any]:
    return {"id": note.id, "created": note.created}


@app.websocket("/notes")
async def notes(websocket: WebSocket):
    await websocket.accept()
    note = Note()
    note.id, note.created = 1, datetime.now()
    await websocket.send_json(as_dict(note))  # here
    await websocket.close()
