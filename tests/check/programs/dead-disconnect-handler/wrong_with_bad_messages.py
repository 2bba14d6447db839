from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Recorder:
    def __init__(self) -> None:
        self.open = 0
        self.values: list[int] = []

    async def record(self, websocket: WebSocket) -> None:
        self.open += 1
        try:
            async for text in websocket.iter_text():
                self.values.append(int(text))
        except (WebSocketDisconnect, ValueError):  # here
            self.open -= 1


recorder = Recorder()


@app.websocket("/values")
async def values(websocket: WebSocket) -> None:
    await websocket.accept()
    await recorder.record(websocket)
