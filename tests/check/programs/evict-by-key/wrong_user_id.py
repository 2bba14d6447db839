from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active: dict[int, WebSocket] = {}

    async def connect(self, user_id: int, websocket: WebSocket):
        await websocket.accept()
        self.active[user_id] = websocket

    def disconnect(self, user_id: int):
        if user_id in self.active:
            del self.active[user_id]  # here

    async def tell(self, user_id: int, text: str):
        if socket := self.active.get(user_id):
            await socket.send_text(text)


manager = ConnectionManager()


@app.websocket("/ws/{user_id}")
async def endpoint(websocket: WebSocket, user_id: int):
    await manager.connect(user_id, websocket)
    try:
        while True:
            await manager.tell(int(await websocket.receive_text()), "hello")
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(user_id)
