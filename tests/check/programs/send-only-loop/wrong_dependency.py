"""The dependency has the WebSocket."""

import asyncio

from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


class Client:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def run(self) -> None:
        await self.websocket.accept()
        while True:  # here
            await self.websocket.send_text("tick")
            await asyncio.sleep(1)


@app.websocket("/ws")
async def endpoint(client: Client = Depends()):
    await client.run()
