"""The reader notices the end, and cancels the writer."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def write(websocket: WebSocket, queue: asyncio.Queue) -> None:
    while True:
        text = await queue.get()
        try:
            await websocket.send_text(text)
        except Exception:
            print("lost", text)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=10)
    writer = asyncio.create_task(write(websocket, queue))
    try:
        async for text in websocket.iter_text():
            await queue.put(text)
    finally:
        writer.cancel()
