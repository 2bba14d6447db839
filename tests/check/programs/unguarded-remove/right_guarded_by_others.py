from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self):
        self.active: list[WebSocket] = []

    def connect(self, websocket: WebSocket):
        self.active.append(websocket)

    def knows(self, websocket: WebSocket) -> bool:
        return websocket in self.active

    def disconnect(self, websocket: WebSocket):
        if self.knows(websocket):
            self.active.remove(websocket)


class Plain:
    def __init__(self):
        self.members: list[WebSocket] = []

    def leave(self, member: WebSocket):
        self.members.remove(member)


manager, plain = Manager(), Plain()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    manager.connect(websocket)
    plain.members.append(websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        manager.disconnect(websocket)
        if websocket in plain.members:
            plain.leave(websocket)
