import asyncio
import time

from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.stream("/load", every=1.0)  # a `def` runs in a thread
def load():
    time.sleep(0.1)
    return {"load": 0.5}


@hf.websocket("/chat")
async def chat(conn: Connection[str]) -> None:
    async for message in conn:
        await asyncio.to_thread(time.sleep, 0.1)
        await conn.send(message)
