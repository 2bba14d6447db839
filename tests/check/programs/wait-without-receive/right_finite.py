"""The producer says when there is no more."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def produce(queue: asyncio.Queue) -> None:
    for number in range(3):
        await queue.put(number)
    await queue.put(None)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=10)
    task = asyncio.create_task(produce(queue))
    while True:
        item = await queue.get()
        if item is None:
            break
        await ws.send_json(item)
    await task
    await ws.close()
