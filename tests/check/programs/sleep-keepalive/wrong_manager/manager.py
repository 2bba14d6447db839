from fastapi import WebSocket


class Manager:
    def __init__(self) -> None:
        self.rooms: dict[str, set[WebSocket]] = {}

    async def connect(self, room: str, client: WebSocket) -> None:
        await client.accept()
        self.rooms.setdefault(room, set()).add(client)

    def disconnect(self, room: str, client: WebSocket) -> None:
        self.rooms[room].discard(client)


manager = Manager()
