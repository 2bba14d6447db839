import asyncio

from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


def work(text: str):
    hf.publish_threadsafe("lobby", text)


@app.post("/say")
async def say(text: str):
    await asyncio.to_thread(work, text)
    await asyncio.to_thread(hf.publish_threadsafe, "lobby", text)
    await asyncio.to_thread(lambda: hf.publish_threadsafe("lobby", text))

    def inner():
        hf.publish_threadsafe("lobby", text)

    await asyncio.to_thread(inner)
