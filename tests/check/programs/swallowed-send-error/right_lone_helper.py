"""The helper has no caller that can be seen, but this program reads, and may stop it."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
JOBS = "show_"


async def show_prices(client: WebSocket) -> None:
    while True:
        await asyncio.sleep(1)
        try:
            await client.send_json({"price": 1})
        except Exception:
            pass


@app.websocket("/ws/{job}")
async def endpoint(websocket: WebSocket, job: str):
    await websocket.accept()
    task = asyncio.create_task(globals()[JOBS + job](websocket))
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        task.cancel()
