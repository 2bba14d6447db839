import json

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
router = APIRouter()


class ConnectionManager:
    def __init__(self):
        self.rooms: dict[str, set[WebSocket]] = {}

    def join(self, room: str, ws: WebSocket):
        self.rooms.setdefault(room, set()).add(ws)

    def leave(self, room: str, ws: WebSocket):
        self.rooms.get(room, set()).discard(ws)


manager = ConnectionManager()


@router.websocket("/rooms/{room}")
async def talk(ws: WebSocket, room: str):
    await ws.accept()
    manager.join(room, ws)
    try:
        while True:
            data = await ws.receive_text()
            message = json.loads(data)  # here
            if message.get("kind") == "ping":
                await ws.send_text("pong")
    except WebSocketDisconnect:
        print("gone")
    finally:
        manager.leave(room, ws)


app.include_router(router)
