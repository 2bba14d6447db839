"""The list is emptied while it is walked, and filled again behind the loop."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Notifier:
    def __init__(self):
        self.connections: list[WebSocket] = []

    async def notify(self, message: str):
        living = []
        while len(self.connections) > 0:
            websocket = self.connections.pop()
            await websocket.send_text(message)  # here
            living.append(websocket)
        self.connections = living


notifier = Notifier()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    notifier.connections.append(ws)
    waiting = ["hello", "welcome"]
    while waiting:
        text = waiting.pop()
        await ws.send_text(text)
    try:
        while True:
            await notifier.notify(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        notifier.connections.remove(ws)
