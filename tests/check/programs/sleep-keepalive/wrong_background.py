"""A sender runs beside it, but nobody reads."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def send_ticks(websocket):
    while True:
        await websocket.send_text("tick")
        await asyncio.sleep(1)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    task = asyncio.create_task(send_ticks(websocket))
    try:
        while True:
            await asyncio.sleep(3600)  # here
    finally:
        task.cancel()
