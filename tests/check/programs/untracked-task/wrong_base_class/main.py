import asyncio

from base import Handler
from fastapi import FastAPI, WebSocket

app = FastAPI()


class Terminal(Handler):
    async def opened(self) -> None:
        asyncio.create_task(self.pump())  # here

    async def pump(self) -> None:
        while True:
            await self.send("tick")
            await asyncio.sleep(1)

    async def handle(self, text: str) -> None:
        await self.send(text)


@app.websocket("/terminal")
async def terminal(websocket: WebSocket) -> None:
    await Terminal(websocket).run()
