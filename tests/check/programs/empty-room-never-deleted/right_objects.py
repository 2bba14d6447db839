from fastapi import FastAPI, WebSocket

app = FastAPI()


class Room:
    def __init__(self) -> None:
        self.members: set[WebSocket] = set()


rooms: dict[str, Room] = {}
tables: dict[str, Room] = {}


@app.post("/tables/{name}")
async def make(name: str) -> None:
    tables[name] = Room()


@app.websocket("/rooms/{name}")
async def endpoint(ws: WebSocket, name: str) -> None:
    await ws.accept()
    room = rooms.setdefault(name, Room())
    room.members.add(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        room.members.discard(ws)
        if not room.members:
            rooms.pop(name, None)
