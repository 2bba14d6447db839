import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Listener:
    """A server of something else, whose clients are accepted as well."""

    async def accept(self) -> str:
        await asyncio.sleep(0)
        return "client"


class Manager:
    async def connect(self, websocket):
        await websocket.accept()


manager = Manager()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    listener = Listener()
    await websocket.accept()
    client = await listener.accept()
    await listener.accept()
    await websocket.send_text(client)
    await websocket.close()


@app.websocket("/managed")
async def managed(websocket: WebSocket):
    await manager.connect(websocket)
    await websocket.send_text("welcome")
    await websocket.close()


@app.websocket("/wrapped")
async def wrapped(websocket: WebSocket):
    await asyncio.wait_for(websocket.accept(), 5)
    await websocket.send_text("welcome")
    await websocket.close()
