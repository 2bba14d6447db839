import asyncio
from datetime import datetime

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.encoders import jsonable_encoder

app = FastAPI()


class Client:
    """Has a send_json of its own."""

    def __init__(self, websocket: WebSocket):
        self.websocket = websocket

    async def send_json(self, value):
        await self.websocket.send_json(jsonable_encoder(value))

    async def send_text(self, value):
        await self.websocket.send_text(str(value))


@app.websocket("/ws")
async def clock(websocket: WebSocket):
    await websocket.accept()
    client = Client(websocket)
    try:
        async for _ in websocket.iter_text():
            await client.send_json({"now": datetime.now()})
            await client.send_text({"now": 1})
            await asyncio.sleep(0)
    except WebSocketDisconnect:
        pass
