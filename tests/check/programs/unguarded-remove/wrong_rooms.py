from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()
rooms: dict[str, list] = {}


def enter(room: str, ws) -> None:
    rooms.setdefault(room, []).append(ws)


def leave(room: str, ws) -> None:
    members = rooms[room]
    members.remove(ws)  # here
    if not members:
        del rooms[room]


@router.websocket("/rooms/{room}")
async def room_socket(socket: WebSocket, room: str):
    await socket.accept()
    enter(room, socket)
    try:
        async for text in socket.iter_text():
            await socket.send_text(text)
    finally:
        leave(room, socket)


app = FastAPI()
app.include_router(router)
