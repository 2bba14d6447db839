from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self):
        self.active = {}

    async def connect(self, key: str, websocket: WebSocket):
        self.active[key] = websocket
        await websocket.send_text("registered")

    async def disconnect(self, key: str):
        self.active.pop(key, None)


manager = Manager()


@app.websocket("/ws/{key}")
async def endpoint(websocket: WebSocket, key: str):
    await websocket.accept()
    await manager.connect(key, websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        await manager.disconnect(key)
