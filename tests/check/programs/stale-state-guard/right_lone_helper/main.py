"""The program reads elsewhere, and hands the helper on in a way that is not followed."""

import asyncio

from fastapi import FastAPI, WebSocket

import clock

app = FastAPI()
WHAT = "show_" + "time"


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    task = asyncio.create_task(getattr(clock, WHAT)(websocket))
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        task.cancel()
