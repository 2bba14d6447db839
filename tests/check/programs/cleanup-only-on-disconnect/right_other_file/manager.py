from starlette.websockets import WebSocket, WebSocketDisconnect


class Rooms:
    def __init__(self) -> None:
        self.members: dict[str, set[WebSocket]] = {}

    def enter(self, room: str, ws: WebSocket) -> None:
        self.members.setdefault(room, set()).add(ws)

    def leave(self, room: str, ws: WebSocket) -> None:
        members = self.members.get(room, set())
        members.discard(ws)
        if not members:
            self.members.pop(room, None)

    async def run(self, room: str, ws: WebSocket) -> None:
        self.enter(room, ws)
        try:
            await self.listen(ws)
        finally:
            self.leave(room, ws)

    async def listen(self, ws: WebSocket) -> None:
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnect:
            return


rooms = Rooms()
