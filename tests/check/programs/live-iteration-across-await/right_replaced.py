"""Collections that are never changed in place: each join and leave makes a new one."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
watchers: list[WebSocket] = []


class Manager:
    def __init__(self) -> None:
        self.connections: tuple[WebSocket, ...] = ()
        self.members: list[WebSocket] = []

    def add(self, ws: WebSocket) -> None:
        self.connections = (*self.connections, ws)
        self.members = [*self.members, ws]

    def drop(self, ws: WebSocket) -> None:
        self.connections = tuple(one for one in self.connections if one is not ws)
        self.members = [one for one in self.members if one is not ws]

    async def broadcast(self, text: str) -> None:
        for ws in self.connections:
            await ws.send_text(text)
        for ws in self.members:
            await ws.send_text(text)


manager = Manager()


async def tell_watchers(text: str) -> None:
    for ws in watchers:
        await ws.send_text(text)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    global watchers
    await ws.accept()
    manager.add(ws)
    watchers = [*watchers, ws]
    try:
        while True:
            text = await ws.receive_text()
            await manager.broadcast(text)
            await tell_watchers(text)
    except WebSocketDisconnect:
        pass
    finally:
        manager.drop(ws)
        watchers = [one for one in watchers if one is not ws]
