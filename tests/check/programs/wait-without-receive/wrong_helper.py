import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Client:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.outbox: asyncio.Queue[str] = asyncio.Queue(maxsize=100)

    async def pump(self) -> None:
        while True:
            await self.websocket.send_text(await self.outbox.get())  # here


CLIENTS: dict[int, Client] = {}


@app.websocket("/ws/{number}")
async def endpoint(websocket: WebSocket, number: int):
    await websocket.accept()
    client = CLIENTS[number] = Client(websocket)
    try:
        await client.pump()
    finally:
        del CLIENTS[number]
