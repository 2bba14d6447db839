import asyncio

from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Clock(Endpoint[str]):
    async def on_connect(self, conn: Connection[str]) -> None:
        while True:  # here
            await conn.send("tick")
            await asyncio.sleep(0.05)

    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(f"got {message}")
