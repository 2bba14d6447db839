"""The task is made anew only when it has ended."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=10)
    receiving = asyncio.create_task(websocket.receive())
    getting = asyncio.create_task(queue.get())
    try:
        while True:
            done, _ = await asyncio.wait({receiving, getting}, return_when=asyncio.FIRST_COMPLETED)
            if receiving in done:
                if receiving.result()["type"] == "websocket.disconnect":
                    break
                receiving = asyncio.create_task(websocket.receive())
            if getting in done:
                await websocket.send_text(getting.result())
                getting = asyncio.create_task(queue.get())
    finally:
        receiving.cancel()
        getting.cancel()
