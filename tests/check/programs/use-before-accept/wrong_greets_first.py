from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.clients = []

    async def connect(self, ws: WebSocket, name: str):
        await ws.send_text(f"{len(self.clients)} are here, {name}")  # here
        await ws.accept()
        self.clients.append(ws)

    def disconnect(self, ws: WebSocket):
        if ws in self.clients:
            self.clients.remove(ws)


manager = ConnectionManager()


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await manager.connect(ws, name)
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(ws)
