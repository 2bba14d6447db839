"""Rooms in a module global, unannotated, on an APIRouter; everything in the endpoint."""

from collections import defaultdict

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()
rooms = defaultdict(dict)


@router.websocket("/rooms/{room}/{name}")
async def room_socket(ws: WebSocket, room: str, name: str):
    await ws.accept()
    rooms[room][name] = ws
    try:
        while True:
            data = await ws.receive_json()
            for other, peer in list(rooms[room].items()):
                if other != name:
                    await peer.send_json({"from": name, "data": data})  # here
    except WebSocketDisconnect:
        pass
    finally:
        rooms[room].pop(name, None)


app = FastAPI()
app.include_router(router, prefix="/api")
