"""A dependency gives the user; the registry is in another layer, rooms of users."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Header, WebSocket, WebSocketDisconnect

app = FastAPI()


@dataclass
class User:
    id: int
    name: str


async def current_user(authorization: Annotated[str, Header()]) -> User:
    return User(id=len(authorization), name=authorization)


class Rooms:
    def __init__(self) -> None:
        self.rooms: dict[str, dict[int, WebSocket]] = defaultdict(dict)

    def join(self, room: str, user: User, ws: WebSocket) -> None:
        self.rooms[room][user.id] = ws

    def leave(self, room: str, user: User) -> None:
        self.rooms[room].pop(user.id, None)  # here
        if not self.rooms[room]:
            del self.rooms[room]


rooms = Rooms()


@app.websocket("/room/{room}")
async def enter(ws: WebSocket, room: str, user: Annotated[User, Depends(current_user)]):
    await ws.accept()
    rooms.join(room, user, ws)
    try:
        while True:
            await ws.send_text(f"{user.name}: {await ws.receive_text()}")
    except WebSocketDisconnect:
        pass
    finally:
        rooms.leave(room, user)
