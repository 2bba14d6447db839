import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Hub:
    def __init__(self) -> None:
        self.sockets: set[WebSocket] = set()
        self.running = True

    def stop(self) -> None:
        self.running = False

    async def hold(self, websocket: WebSocket) -> None:
        self.sockets.add(websocket)
        try:
            while self.running:
                await asyncio.sleep(0.5)  # here
        finally:
            self.sockets.discard(websocket)


hub = Hub()
shutdown = asyncio.Event()


@app.websocket("/hub")
async def join(websocket: WebSocket) -> None:
    await websocket.accept()
    await hub.hold(websocket)


@app.websocket("/alerts")
async def alerts(websocket: WebSocket) -> None:
    await websocket.accept()
    hub.sockets.add(websocket)
    try:
        while not shutdown.is_set():
            await asyncio.sleep(1)  # here
    finally:
        hub.sockets.discard(websocket)
