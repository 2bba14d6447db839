from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self, limit: int):
        self.limit = limit
        self.active = []

    async def connect(self, ws: WebSocket) -> bool:
        await ws.accept()
        if len(self.active) >= self.limit:
            await ws.close(code=1013, reason="full")
            return False
        self.active.append(ws)
        return True


manager = Manager(100)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    if not await manager.connect(ws):
        return
    try:
        async for text in ws.iter_text():
            if text == "bye":
                await ws.close(code=4000)
                break
            await ws.send_text(text)
    finally:
        manager.active.remove(ws)
