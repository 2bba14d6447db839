from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self):
        self.active: list[WebSocket] = []

    async def connect(self, websocket):
        await websocket.accept()
        self.active.append(websocket)


manager = Manager()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await manager.connect(websocket)
    try:
        await websocket.send_text("welcome")
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        manager.active.remove(websocket)
