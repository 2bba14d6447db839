from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Line:
    """Knows by itself whether it is closed."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.closed = False

    async def send(self, text: str) -> None:
        if not self.closed:
            await self.websocket.send_text(text)

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            await self.websocket.close()


@app.websocket("/line")
async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    line = Line(websocket)
    try:
        while not line.closed:
            text = await websocket.receive_text()
            if text == "bye":
                await line.close()
            await line.send(text)
    except WebSocketDisconnect:
        line.closed = True
    await line.close()
