import asyncio

from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Prices(Endpoint[str]):
    async def on_message(self, conn: Connection[str], message: str) -> None:
        while True:  # here
            await conn.send(f"got {message}")
            await asyncio.sleep(0.05)
