"""What changes is not what is walked."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Rooms:
    def __init__(self) -> None:
        self.rooms: dict[str, set[WebSocket]] = {}
        self.names: dict[WebSocket, str] = {}
        self.closed: list[str] = []

    def leave(self, ws: WebSocket) -> None:
        for members in self.rooms.values():
            members.discard(ws)
        for room, members in self.rooms.items():
            if not members:
                self.closed.append(room)
        for room in self.closed:
            self.rooms.pop(room, None)
        self.closed.clear()

    def rename(self, text: str) -> None:
        for ws in self.names:
            self.names[ws] = text

    def forget(self, room: str) -> None:
        for ws in self.rooms[room]:
            self.names.pop(ws, None)


rooms = Rooms()


@app.websocket("/ws/{room}")
async def endpoint(ws: WebSocket, room: str):
    await ws.accept()
    rooms.rooms.setdefault(room, set()).add(ws)
    rooms.names[ws] = room
    try:
        while True:
            rooms.rename(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        rooms.forget(room)
        rooms.leave(ws)
