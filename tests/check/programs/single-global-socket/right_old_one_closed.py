from fastapi import FastAPI, WebSocket

app = FastAPI()


class Robot:
    def __init__(self) -> None:
        self.socket: WebSocket | None = None

    async def connect(self, socket: WebSocket) -> None:
        await socket.accept()
        old, self.socket = self.socket, socket
        if old is not None:
            await old.close(4000, "another one took over")

    def disconnect(self, socket: WebSocket) -> None:
        if self.socket is socket:
            self.socket = None


robot = Robot()


@app.websocket("/robot")
async def endpoint(websocket: WebSocket) -> None:
    await robot.connect(websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        robot.disconnect(websocket)
