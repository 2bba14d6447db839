import asyncio
import time
from functools import partial
from time import sleep

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def slow_lookup(key):
    time.sleep(0.2)
    return key.upper()


@app.websocket("/ws")
async def lookups(websocket: WebSocket):
    await websocket.accept()
    loop = asyncio.get_running_loop()
    try:
        while True:
            key = await websocket.receive_text()
            first = await asyncio.to_thread(slow_lookup, key)
            second = await loop.run_in_executor(None, lambda: slow_lookup(key))
            third = await loop.run_in_executor(None, partial(slow_lookup, key))
            await asyncio.to_thread(sleep, 0.1)
            await websocket.send_text(first + second + third)
    except WebSocketDisconnect:
        pass
