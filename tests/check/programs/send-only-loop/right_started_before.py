"""A task that reads runs beside the loop and cancels it."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def until_gone(websocket, task):
    async for _ in websocket.iter_bytes():
        pass
    task.cancel()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    watcher = asyncio.create_task(until_gone(websocket, asyncio.current_task()))
    try:
        while True:
            await websocket.send_text("tick")
            await asyncio.sleep(1)
    finally:
        watcher.cancel()
