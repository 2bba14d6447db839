"""The task that sleeps is cancelled when the client is gone."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def tick(counts: list[int]) -> None:
    while True:
        counts.append(1)
        await asyncio.sleep(1)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    counts: list[int] = []
    task = asyncio.create_task(tick(counts))
    try:
        async for _ in websocket.iter_text():
            await websocket.send_json(len(counts))
    finally:
        task.cancel()
