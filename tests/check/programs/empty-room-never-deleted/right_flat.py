from fastapi import FastAPI, WebSocket

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.all: set[WebSocket] = set()
        self.by_id: dict[int, WebSocket] = {}

    def add(self, ws: WebSocket) -> None:
        self.all.add(ws)
        self.by_id[id(ws)] = ws

    def remove(self, ws: WebSocket) -> None:
        self.all.discard(ws)
        self.by_id.pop(id(ws), None)


manager = Manager()


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    manager.add(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        manager.remove(ws)
