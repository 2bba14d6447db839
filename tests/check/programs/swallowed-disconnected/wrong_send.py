import asyncio

from fastapi import FastAPI
from holdfast import Connection, Disconnected, Holdfast

app = FastAPI()
hf = Holdfast(app)
ticks = []


@app.get("/ticks")
async def count():
    return len(ticks)


@hf.websocket("/ws")
async def clock(conn: Connection[str]) -> None:
    while True:
        try:
            await conn.send("tick")
        except Disconnected:  # here
            pass
        ticks.append(1)
        await asyncio.sleep(0.01)
