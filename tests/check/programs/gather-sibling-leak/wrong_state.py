"""It looks at the state between two waits, and is in the wait when the client leaves."""

import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


class Source:
    def __init__(self):
        self.queue = asyncio.Queue(100)

    async def output(self):
        return await self.queue.get()


source = Source()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()

    async def reader():
        while ws.client_state == WebSocketState.CONNECTED:
            message = await ws.receive()
            if message["type"] == "websocket.disconnect":
                break

    async def writer():
        while True:
            if ws.client_state != WebSocketState.CONNECTED:
                return
            await ws.send_text(await source.output())

    await asyncio.gather(reader(), writer())  # here
