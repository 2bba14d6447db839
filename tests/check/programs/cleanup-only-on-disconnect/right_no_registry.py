from collections import Counter

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Statistics:
    def __init__(self) -> None:
        self.events: Counter[str] = Counter()

    def connect(self, websocket: WebSocket) -> None:
        self.events["connected"] += 1

    def disconnect(self, websocket: WebSocket) -> None:
        self.events["disconnected"] += 1


statistics = Statistics()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    statistics.connect(websocket)
    seen = []
    try:
        while True:
            text = await websocket.receive_text()
            seen.append(text)
            await websocket.send_text(text)
    except WebSocketDisconnect:
        statistics.disconnect(websocket)
        seen.clear()
