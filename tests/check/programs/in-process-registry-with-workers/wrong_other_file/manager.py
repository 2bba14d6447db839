from starlette.websockets import WebSocket


class Manager:
    def __init__(self) -> None:
        self.rooms: dict[str, set[WebSocket]] = {}

    def enter(self, room: str, ws: WebSocket) -> None:
        self.rooms.setdefault(room, set()).add(ws)

    def leave(self, room: str, ws: WebSocket) -> None:
        self.rooms[room].discard(ws)
        if not self.rooms[room]:
            del self.rooms[room]

    async def tell(self, room: str, text: str) -> None:
        for ws in list(self.rooms[room]):
            await ws.send_text(text)


manager = Manager()
