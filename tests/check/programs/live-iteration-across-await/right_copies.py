"""Every way to iterate something else than the live collection."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.active: list[WebSocket] = []
        self.rooms: dict[str, set[WebSocket]] = {}

    def in_room(self, room: str) -> list[WebSocket]:
        return [ws for ws in self.rooms.get(room, set()) if ws in self.active]

    async def broadcast(self, text: str) -> None:
        for ws in list(self.active):
            await ws.send_text(text)
        for ws in self.active[:]:
            await ws.send_text(text)
        for ws in self.active.copy():
            await ws.send_text(text)
        for ws in [*self.active]:
            await ws.send_text(text)
        for ws in [one for one in self.active]:
            await ws.send_text(text)
        for ws in sorted(self.active, key=id):
            await ws.send_text(text)
        for number, ws in enumerate(tuple(self.active)):
            await ws.send_text(f"{number}: {text}")

    async def to_room(self, room: str, text: str) -> None:
        for ws in tuple(self.rooms.get(room, ())):
            await ws.send_text(text)
        for ws in self.in_room(room):
            await ws.send_text(text)
        members = list(self.rooms.get(room, ()))
        for ws in members:
            await ws.send_text(text)
        for ws in set(self.rooms[room]) | set(self.active):
            await ws.send_text(text)
        for ws in self.rooms[room] - {self.active[0]}:
            await ws.send_text(text)

    async def to_all_rooms(self, text: str) -> None:
        for room, sockets in list(self.rooms.items()):
            for ws in list(sockets):
                await ws.send_text(f"{room}: {text}")


manager = Manager()


@app.websocket("/ws/{room}")
async def endpoint(ws: WebSocket, room: str):
    await ws.accept()
    manager.active.append(ws)
    manager.rooms.setdefault(room, set()).add(ws)
    try:
        while True:
            text = await ws.receive_text()
            await manager.broadcast(text)
            await manager.to_room(room, text)
            await manager.to_all_rooms(text)
    except WebSocketDisconnect:
        pass
    finally:
        manager.active.remove(ws)
        manager.rooms[room].discard(ws)
