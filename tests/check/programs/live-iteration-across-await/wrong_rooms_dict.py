"""Views of dicts of dicts, .get() and a local name for the same room: all of them live."""

from typing import Dict

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect


class RoomManager:
    def __init__(self):
        self.rooms: Dict[str, Dict[str, WebSocket]] = {}

    async def join(self, room: str, name: str, ws: WebSocket):
        await ws.accept()
        self.rooms.setdefault(room, {})[name] = ws

    def leave(self, room: str, name: str):
        self.rooms.get(room, {}).pop(name, None)
        if not self.rooms.get(room):
            self.rooms.pop(room, None)

    async def to_room(self, room, data):
        for ws in self.rooms[room].values():  # here
            await ws.send_json(data)

    async def to_others(self, room, data, name):
        for other, ws in self.rooms.get(room, {}).items():  # here
            if other != name:
                await ws.send_json(data)

    async def count(self, room):
        members = self.rooms[room]
        for name in members:  # here
            await members[name].send_json({"members": len(members)})


manager = RoomManager()
router = APIRouter()


@router.websocket("/{room}/{name}")
async def chat(ws: WebSocket, room: str, name: str):
    await manager.join(room, name, ws)
    try:
        while True:
            data = await ws.receive_json()
            await manager.to_room(room, data)
            await manager.to_others(room, data, name)
            await manager.count(room)
    except WebSocketDisconnect:
        pass
    finally:
        manager.leave(room, name)


app = FastAPI()
app.include_router(router)
