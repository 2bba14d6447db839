"""Made in the endpoint and added to a set that others put into."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
listeners = set()


async def tell(data):
    for listener in list(listeners):
        await listener.put(data)


@app.post("/tell")
async def tell_all(data: dict):
    await tell(data)


@app.websocket("/listen")
async def listen(websocket: WebSocket):
    await websocket.accept()
    queue = asyncio.Queue()  # here
    listeners.add(queue)

    async def sending():
        while True:
            data = await queue.get()
            message = {"kind": "news", "data": data}
            await websocket.send_json(message)

    task = asyncio.create_task(sending())
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        task.cancel()
        listeners.discard(queue)
