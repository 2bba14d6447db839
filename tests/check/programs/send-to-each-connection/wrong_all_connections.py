import asyncio

from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/announce")
async def announce(text: str):
    for conn in hf.connections:
        await conn.send({"announcement": text})  # here


@app.post("/gather")
async def gather(text: str):
    await asyncio.gather(*(one.send(text) for one in hf.connections))  # here


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)
