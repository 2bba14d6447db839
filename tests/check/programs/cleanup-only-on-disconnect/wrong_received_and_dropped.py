from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.active: set[WebSocket] = set()

    async def connect(self, ws: WebSocket) -> None:
        await ws.accept()
        self.active.add(ws)

    def disconnect(self, ws: WebSocket) -> None:
        self.active.discard(ws)


manager = Manager()


@app.websocket("/ws")
async def listen(ws: WebSocket) -> None:
    await manager.connect(ws)
    try:
        while True:
            await ws.receive()
    except WebSocketDisconnect:
        manager.disconnect(ws)  # here
