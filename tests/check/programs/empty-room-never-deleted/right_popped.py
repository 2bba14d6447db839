from fastapi import FastAPI, WebSocket

app = FastAPI()


class RoomManager:
    def __init__(self):
        self.rooms: dict[str, list[WebSocket]] = {}

    def connect(self, websocket: WebSocket, room_id: str):
        self.rooms.setdefault(room_id, []).append(websocket)

    def disconnect(self, websocket: WebSocket, room_id: str):
        members = self.rooms.get(room_id, [])
        if websocket in members:
            members.remove(websocket)
        if len(members) == 0:
            self.forget(room_id)

    def forget(self, room_id: str):
        self.rooms.pop(room_id, None)


manager = RoomManager()


@app.websocket("/ws/{room_id}")
async def endpoint(websocket: WebSocket, room_id: str):
    await websocket.accept()
    manager.connect(websocket, room_id)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        manager.disconnect(websocket, room_id)
