import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
ENDED: list[str] = []


async def send_ticks(websocket: WebSocket) -> None:
    number = 0
    while True:
        await websocket.send_json({"tick": number})
        number += 1
        await asyncio.sleep(0.02)


@app.websocket("/ws")
async def ticker(websocket: WebSocket):
    await websocket.accept()
    sender = asyncio.create_task(send_ticks(websocket))
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        sender.cancel()
        ENDED.append("ticker")
