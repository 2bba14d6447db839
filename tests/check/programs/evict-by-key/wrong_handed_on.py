from fastapi import FastAPI, WebSocket

app = FastAPI()


class Registry:
    def __init__(self) -> None:
        self.devices: dict[str, WebSocket] = {}

    async def connect(self, websocket: WebSocket, device: str) -> None:
        await websocket.accept()
        self.devices[device] = websocket

    def forget(self, device: str) -> None:
        if device in self.devices:
            del self.devices[device]  # here


class Devices:
    def __init__(self) -> None:
        self.registry = Registry()

    async def join(self, websocket: WebSocket, device: str) -> None:
        await self.registry.connect(websocket, device)

    def disconnect(self, device: str) -> None:
        self.registry.forget(device)


devices = Devices()


@app.websocket("/devices/{device}")
async def serve(websocket: WebSocket, device: str) -> None:
    await devices.join(websocket, device)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        devices.disconnect(device)
