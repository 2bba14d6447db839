"""A helper that reads cancels the endpoint's task."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


def watch(websocket: WebSocket) -> asyncio.Task:
    waiting = asyncio.current_task()

    async def read():
        async for _ in websocket.iter_text():
            pass
        waiting.cancel()

    return asyncio.create_task(read())


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=10)
    watching = watch(websocket)
    try:
        while True:
            await websocket.send_text(await queue.get())
    finally:
        watching.cancel()
