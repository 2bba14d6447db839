from contextlib import contextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self):
        self.active: set[WebSocket] = set()

    @contextmanager
    def connected(self, ws: WebSocket):
        self.active.add(ws)
        try:
            yield
        finally:
            self.disconnect(ws)

    def disconnect(self, ws: WebSocket):
        self.active.discard(ws)


manager = Manager()


@app.websocket("/ws")
async def echo(ws: WebSocket):
    await ws.accept()
    with manager.connected(ws):
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnect:
            manager.disconnect(ws)
        except Exception:
            manager.disconnect(ws)
