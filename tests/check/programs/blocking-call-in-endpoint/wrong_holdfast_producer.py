import time

from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.stream("/clock")
async def clock():
    while True:
        yield {"now": time.time()}
        time.sleep(0.2)  # here


@hf.websocket("/chat")
async def chat(conn: Connection[str]) -> None:
    async for message in conn:
        time.sleep(0.2)  # here
        await conn.send(message)
