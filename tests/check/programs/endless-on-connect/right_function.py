import asyncio

from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def clock(conn: Connection[str]) -> None:
    while True:
        await conn.send("tick")
        await asyncio.sleep(1)
