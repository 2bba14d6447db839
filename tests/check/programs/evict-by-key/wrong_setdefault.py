from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.connections: dict[str, WebSocket] = {}

    def connect(self, user_id: str, ws: WebSocket) -> None:
        self.connections.setdefault(user_id, ws)

    def disconnect(self, user_id: str) -> None:
        self.connections.pop(user_id, None)  # here


manager = Manager()


@app.websocket("/ws/{user_id}")
async def endpoint(ws: WebSocket, user_id: str) -> None:
    await ws.accept()
    manager.connect(user_id, ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        manager.disconnect(user_id)
