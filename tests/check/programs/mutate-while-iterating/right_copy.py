"""The loop walks a copy, so the collection may change."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active: list[WebSocket] = []
        self.users: dict[str, WebSocket] = {}

    def disconnect(self, websocket: WebSocket):
        if websocket in self.active:
            self.active.remove(websocket)

    async def broadcast(self, message: str):
        for connection in list(self.active):
            try:
                await connection.send_text(message)
            except Exception:
                self.active.remove(connection)
        for connection in self.active[:]:
            try:
                await connection.send_text(message)
            except Exception:
                self.disconnect(connection)
        for name, connection in tuple(self.users.items()):
            try:
                await connection.send_text(message)
            except Exception:
                del self.users[name]


manager = ConnectionManager()


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    manager.active.append(websocket)
    manager.users[name] = websocket
    try:
        while True:
            await manager.broadcast(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(websocket)
        manager.users.pop(name, None)
