from fastapi import FastAPI, WebSocket

app = FastAPI()


class Rooms:
    def __init__(self) -> None:
        self._rooms: dict[str, set[WebSocket]] = {}

    def members(self, name: str) -> set[WebSocket]:
        if name not in self._rooms:
            self._rooms[name] = set()
        return self._rooms[name]

    def enter(self, name: str, ws: WebSocket) -> None:
        self.members(name).add(ws)

    def leave(self, name: str, ws: WebSocket) -> None:
        self.members(name).discard(ws)  # here


rooms = Rooms()


@app.websocket("/rooms/{name}")
async def endpoint(ws: WebSocket, name: str) -> None:
    await ws.accept()
    rooms.enter(name, ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        rooms.leave(name, ws)
