from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter(prefix="/rooms")
rooms: dict[str, set[WebSocket]] = defaultdict(set)


def name_of(name: str = "somebody") -> str:
    return name


def join(room, socket):
    rooms[room].add(socket)


def leave(room, socket):
    rooms[room].discard(socket)
    if not rooms[room]:
        del rooms[room]


@router.websocket("/{room}")
async def talk(socket: WebSocket, room: str, name: Annotated[str, Depends(name_of)]):
    await socket.accept()
    join(room, socket)
    try:
        while True:
            message = await socket.receive_json()
            for peer in tuple(rooms[room]):
                await peer.send_json({"from": name, "text": message["text"]})
    except WebSocketDisconnect:
        print(f"{name} left {room}")
        leave(room, socket)  # here


app = FastAPI()
app.include_router(router)
