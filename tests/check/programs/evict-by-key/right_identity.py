from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.active: dict[str, WebSocket] = {}

    async def connect(self, user_id: str, websocket: WebSocket) -> None:
        await websocket.accept()
        self.active[user_id] = websocket

    def disconnect(self, user_id: str, websocket: WebSocket) -> None:
        if self.active.get(user_id) is websocket:
            del self.active[user_id]


class Guests:
    def __init__(self) -> None:
        self.active: dict[str, WebSocket] = {}

    def add(self, user_id: str, websocket: WebSocket) -> None:
        self.active[user_id] = websocket

    def remove(self, user_id: str, websocket: WebSocket) -> None:
        current = self.active.get(user_id)
        if current is not websocket:
            return
        self.active.pop(user_id, None)


manager, guests = Manager(), Guests()


@app.websocket("/ws/{user_id}")
async def endpoint(websocket: WebSocket, user_id: str) -> None:
    await manager.connect(user_id, websocket)
    guests.add(user_id, websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        manager.disconnect(user_id, websocket)
        guests.remove(user_id, websocket)
