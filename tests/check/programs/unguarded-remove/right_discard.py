from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self):
        self.active: set[WebSocket] = set()
        self.by_user: dict[str, set[WebSocket]] = {}

    def connect(self, user: str, websocket: WebSocket):
        self.active.add(websocket)
        self.by_user.setdefault(user, set()).add(websocket)

    def disconnect(self, user: str, websocket: WebSocket):
        self.active.discard(websocket)
        mine = self.by_user.get(user)
        if mine:
            mine.discard(websocket)
            if not mine:
                self.by_user.pop(user, None)


manager = Manager()


@app.websocket("/ws/{user}")
async def endpoint(websocket: WebSocket, user: str):
    await websocket.accept()
    manager.connect(user, websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        manager.disconnect(user, websocket)
