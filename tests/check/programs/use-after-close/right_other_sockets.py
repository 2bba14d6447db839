import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
OPEN: dict[str, WebSocket] = {}


class Upstream:
    async def close(self) -> None:
        await asyncio.sleep(0)

    async def send_text(self, text: str) -> None:
        await asyncio.sleep(0)


class Manager:
    def __init__(self):
        self.active: list[WebSocket] = []

    async def close_all(self):
        for websocket in list(self.active):
            await websocket.close()
            await asyncio.sleep(0)


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    upstream = Upstream()
    await websocket.accept()
    old = OPEN.pop(name, None)
    if old is not None:
        await old.close()
    OPEN[name] = websocket
    await upstream.send_text("hello")
    await upstream.close()
    await websocket.send_text("hello")
    await websocket.close()
    await websocket.receive()  # the raw one may be waited for: it gives the client's answer
    await upstream.close()
