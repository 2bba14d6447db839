import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.active: set[WebSocket] = set()

    def connect(self, ws: WebSocket) -> None:
        self.active.add(ws)

    def disconnect(self, ws: WebSocket) -> None:
        self.active.discard(ws)


manager = Manager()


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    manager.connect(ws)
    task = asyncio.current_task()
    assert task is not None
    task.add_done_callback(lambda _: manager.disconnect(ws))
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        manager.disconnect(ws)
