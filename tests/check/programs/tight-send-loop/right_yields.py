"""Loops with another await in them."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def numbers():
    for number in range(5_000):
        await asyncio.sleep(0)
        yield number


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    for number in range(5_000):
        await websocket.send_text(str(number))
        await asyncio.sleep(0)
    await websocket.close()


@app.websocket("/now-and-then")
async def now_and_then(websocket: WebSocket):
    await websocket.accept()
    for number in range(5_000):
        await websocket.send_text(str(number))
        if number % 100 == 0:
            await asyncio.sleep(0)
    await websocket.close()


@app.websocket("/source")
async def source(websocket: WebSocket):
    await websocket.accept()
    async for number in numbers():
        await websocket.send_text(str(number))
    await websocket.send_json([number async for number in numbers()])
    await websocket.close()
