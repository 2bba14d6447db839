"""A queue made anew for each request; queues that are all the connection's own."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Translator:
    async def translate(self, text: str, results: asyncio.Queue):
        await results.put(text.upper())


translator = Translator()


async def count(text: str, results: asyncio.Queue):
    for word in text.split():
        results.put_nowait(len(word))
    results.put_nowait(None)


@app.websocket("/translate")
async def translate(ws: WebSocket):
    await ws.accept()
    async for text in ws.iter_text():
        results = asyncio.Queue()
        await translator.translate(text, results)
        await ws.send_text(await results.get())


@app.websocket("/count")
async def lengths(ws: WebSocket):
    await ws.accept()
    async for text in ws.iter_text():
        results: asyncio.Queue = asyncio.Queue()
        await count(text, results)
        while (length := await results.get()) is not None:
            await ws.send_json(length)


@app.websocket("/halves")
async def halves(ws: WebSocket):
    await ws.accept()
    left, right = asyncio.Queue(), asyncio.Queue()
    both = [left, right]

    async def deliver():
        while True:
            await ws.send_text(await left.get() + await right.get())

    task = asyncio.create_task(deliver())
    try:
        async for text in ws.iter_text():
            for one in both:
                one.put_nowait(text)
    finally:
        task.cancel()
