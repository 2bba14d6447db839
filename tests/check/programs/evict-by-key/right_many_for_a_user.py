from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.by_user: dict[str, set[WebSocket]] = {}

    def add(self, user_id: str, ws: WebSocket) -> None:
        if user_id not in self.by_user:
            self.by_user[user_id] = set()
        self.by_user[user_id].add(ws)

    def remove(self, user_id: str, ws: WebSocket) -> None:
        self.by_user[user_id].discard(ws)
        if not self.by_user[user_id]:
            del self.by_user[user_id]


manager = Manager()


@app.websocket("/ws/{user_id}")
async def endpoint(websocket: WebSocket, user_id: str) -> None:
    await websocket.accept()
    manager.add(user_id, websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        manager.remove(user_id, websocket)
