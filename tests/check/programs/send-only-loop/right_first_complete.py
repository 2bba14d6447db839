import asyncio

from fastapi import FastAPI, WebSocket
from starlette.concurrency import run_until_first_complete

app = FastAPI()


async def read(websocket):
    async for text in websocket.iter_text():
        print(text)


async def write(websocket):
    while True:
        await websocket.send_text("tick")
        await asyncio.sleep(1)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await run_until_first_complete(
        (read, {"websocket": websocket}),
        (write, {"websocket": websocket}),
    )
