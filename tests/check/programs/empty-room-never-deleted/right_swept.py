from fastapi import FastAPI, WebSocket

app = FastAPI()


class Rooms:
    def __init__(self) -> None:
        self.members: dict[str, set[WebSocket]] = {}

    def enter(self, room: str, ws: WebSocket) -> None:
        self.members.setdefault(room, set()).add(ws)

    def leave(self, room: str, ws: WebSocket) -> None:
        self.members[room].discard(ws)

    def sweep(self) -> None:
        self.members = {room: found for room, found in self.members.items() if found}


rooms = Rooms()


@app.websocket("/rooms/{room}")
async def room_socket(ws: WebSocket, room: str) -> None:
    await ws.accept()
    rooms.enter(room, ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        rooms.leave(room, ws)
        rooms.sweep()
