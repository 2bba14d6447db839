"""The socket is an attribute."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Feed:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.number = 0

    async def run(self) -> None:
        await self.websocket.accept()
        while True:  # here
            await self.push()
            await asyncio.sleep(0.05)

    async def push(self) -> None:
        self.number += 1
        await self.websocket.send_json({"number": self.number})


@app.websocket("/feed")
async def feed(websocket: WebSocket):
    await Feed(websocket).run()
