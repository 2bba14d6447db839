from fastapi import FastAPI, WebSocket

app = FastAPI()


class Devices:
    def __init__(self) -> None:
        self.sockets: dict[str, WebSocket | None] = {}

    async def attach(self, serial: str, socket: WebSocket) -> None:
        await socket.accept()
        self.sockets[serial] = socket

    async def detach(self, serial: str) -> None:
        self.sockets[serial] = None  # here

    async def command(self, serial: str, text: str) -> None:
        if socket := self.sockets.get(serial):
            await socket.send_text(text)


devices = Devices()


@app.websocket("/devices/{serial}")
async def device(websocket: WebSocket, serial: str) -> None:
    await devices.attach(serial, websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        await devices.detach(serial)
