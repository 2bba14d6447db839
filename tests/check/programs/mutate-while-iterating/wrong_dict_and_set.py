"""Dicts and sets raise: pop, del, discard."""

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

router = APIRouter()
users: dict[str, WebSocket] = {}
rooms: dict[str, set[WebSocket]] = {}


async def broadcast(data):
    for name, ws in users.items():
        try:
            await ws.send_json(data)
        except RuntimeError:
            users.pop(name, None)  # here


def leave_everywhere(ws):
    for room, members in rooms.items():
        members.discard(ws)
        if not members:
            del rooms[room]  # here


def sweep(room):
    for ws in rooms[room]:
        if ws.client_state == WebSocketState.DISCONNECTED:
            rooms[room].discard(ws)  # here


@router.websocket("/{room}/{name}")
async def endpoint(ws: WebSocket, room: str, name: str):
    await ws.accept()
    users[name] = ws
    rooms.setdefault(room, set()).add(ws)
    try:
        while True:
            await broadcast(await ws.receive_json())
            sweep(room)
    except WebSocketDisconnect:
        pass
    finally:
        users.pop(name, None)
        leave_everywhere(ws)


app = FastAPI()
app.include_router(router)
