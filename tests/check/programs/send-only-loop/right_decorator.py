"""The decorator reads while the endpoint runs."""

import asyncio
import functools

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def drain(websocket: WebSocket) -> None:
    async for _ in websocket.iter_text():
        pass


def until_gone(function):
    @functools.wraps(function)
    async def endpoint(websocket: WebSocket):
        await websocket.accept()
        tasks = {
            asyncio.create_task(function(websocket)),
            asyncio.create_task(drain(websocket)),
        }
        _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()

    return endpoint


@app.websocket("/ws")
@until_gone
async def ticker(websocket: WebSocket):
    while True:
        await websocket.send_text("tick")
        await asyncio.sleep(1)
