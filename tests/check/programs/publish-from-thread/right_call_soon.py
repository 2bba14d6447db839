import asyncio
import threading

from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


def deliver(text: str):
    hf.publish_nowait("lines", text)


def read(loop: asyncio.AbstractEventLoop):
    loop.call_soon_threadsafe(deliver, "a line")
    loop.call_soon_threadsafe(lambda: hf.publish_nowait("lines", "another"))


@app.post("/read")
async def start():
    loop = asyncio.get_running_loop()
    threading.Thread(target=read, args=(loop,)).start()
