"""Copies and catches, and still waits for the one who reads nothing."""

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()
rooms: dict[str, dict[int, WebSocket]] = {}


async def to_room(room, message, sender):
    for number, peer in list(rooms[room].items()):
        if number == sender:
            continue
        try:
            await peer.send_json(message)  # here
        except (WebSocketDisconnect, RuntimeError):
            rooms[room].pop(number, None)


@router.websocket("/{room}/{number}")
async def endpoint(ws: WebSocket, room: str, number: int):
    await ws.accept()
    rooms.setdefault(room, {})[number] = ws
    try:
        while True:
            await to_room(room, await ws.receive_json(), number)
    except WebSocketDisconnect:
        pass
    finally:
        rooms[room].pop(number, None)


app = FastAPI()
app.include_router(router)
