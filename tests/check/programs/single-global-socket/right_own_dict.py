"""The handler object is new for each connection and holds the socket in a slot of a dict of its own."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Handler:
    def __init__(self) -> None:
        self.parts: dict[str, object] = {}
        self.socket: WebSocket | None = None

    async def run(self, ws: WebSocket) -> None:
        self.socket = ws
        self.parts["ws"] = ws
        await self.socket.accept()
        try:
            while True:
                await self.socket.send_text(await self.socket.receive_text())
        except WebSocketDisconnect:
            self.socket = None


@app.websocket("/h")
async def h(ws: WebSocket):
    handler = Handler()
    await handler.run(ws)
