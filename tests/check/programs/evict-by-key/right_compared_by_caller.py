from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.active: dict[str, WebSocket] = {}

    def connect(self, user_id: str, websocket: WebSocket) -> None:
        self.active[user_id] = websocket

    def current(self, user_id: str) -> WebSocket | None:
        return self.active.get(user_id)

    def disconnect(self, user_id: str) -> None:
        self.active.pop(user_id, None)


manager = Manager()


@app.websocket("/ws/{user_id}")
async def endpoint(websocket: WebSocket, user_id: str) -> None:
    await websocket.accept()
    manager.connect(user_id, websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        if manager.current(user_id) is websocket:
            manager.disconnect(user_id)
