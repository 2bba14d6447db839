"""What a subclass listens to is not seen in the class with the loop."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Session:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self.send())
            await self.listen()
            sending.cancel()

    async def send(self) -> None:
        while True:
            await self.ws.send_text("tick")
            await asyncio.sleep(1)

    async def listen(self) -> None:
        raise NotImplementedError


class Reader(Session):
    async def listen(self) -> None:
        async for text in self.ws.iter_text():
            print(text)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await Reader(websocket).run()
