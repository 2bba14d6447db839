import asyncio

from fastapi import FastAPI
from holdfast import Connection, Disconnected, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/a")
async def leaves(conn: Connection[str]) -> None:
    while True:
        try:
            await conn.send(await conn.receive())
        except Disconnected:
            break
        except Exception:
            await conn.send("that went wrong")


@hf.websocket("/b")
async def outside(conn: Connection[str]) -> None:
    try:
        while True:
            await conn.send("tick")
            await asyncio.sleep(1)
    except Exception:
        print("over")


@hf.websocket("/c")
async def only_times_out(conn: Connection[str]) -> None:
    while True:
        try:
            await conn.send(await conn.receive(timeout=30))
        except TimeoutError:
            await conn.send("still there?")
