from fastapi import FastAPI, WebSocket

app = FastAPI()


class Room:
    def __init__(self) -> None:
        self.members: set[WebSocket] = set()

    def is_empty(self) -> bool:
        return not self.members


rooms: dict[str, Room] = {}


@app.websocket("/rooms/{name}")
async def room_socket(ws: WebSocket, name: str) -> None:
    await ws.accept()
    if name not in rooms:
        rooms[name] = Room()
    room = rooms[name]
    room.members.add(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        room.members.discard(ws)
        if room.is_empty():
            del rooms[name]
