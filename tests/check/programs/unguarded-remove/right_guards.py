from contextlib import suppress

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self):
        self.active: list[WebSocket] = []

    def connect(self, websocket: WebSocket):
        self.active.append(websocket)

    def disconnect(self, websocket: WebSocket):
        if websocket in self.active:
            self.active.remove(websocket)

    def drop(self, websocket: WebSocket):
        try:
            self.active.remove(websocket)
        except ValueError:
            print("it had gone")

    def forget(self, websocket: WebSocket):
        with suppress(ValueError):
            self.active.remove(websocket)

    def leave(self, websocket: WebSocket):
        if websocket not in self.active:
            return
        self.active.remove(websocket)


manager = Manager()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    manager.connect(websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        manager.disconnect(websocket)
