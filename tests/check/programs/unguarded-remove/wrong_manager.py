from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active: list[WebSocket] = []

    async def connect(self, websocket: WebSocket):
        await websocket.accept()
        self.active.append(websocket)

    def disconnect(self, websocket: WebSocket):
        self.active.remove(websocket)  # here

    async def broadcast(self, text: str):
        for peer in list(self.active):
            try:
                await peer.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                self.disconnect(peer)


manager = ConnectionManager()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await manager.connect(websocket)
    try:
        while True:
            await manager.broadcast(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(websocket)
