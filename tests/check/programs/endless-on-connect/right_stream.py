import asyncio

from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.stream("/clock", every=1.0)
async def clock():
    return "tick"


@hf.websocket("/ws")
class Echo(Endpoint[str]):
    async def on_connect(self, conn: Connection[str]) -> None:
        self.task = asyncio.create_task(self.ticks(conn))

    async def ticks(self, conn: Connection[str]) -> None:
        while True:
            await conn.send("tick")
            await asyncio.sleep(0.05)

    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(message)

    async def on_disconnect(self, conn: Connection[str], closed) -> None:
        self.task.cancel()
