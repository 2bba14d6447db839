import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
ENDED: list[str] = []


@app.websocket("/ws")
async def ticker(websocket: WebSocket):
    await websocket.accept()
    number = 0
    try:
        while True:  # here
            await websocket.send_json({"tick": number})
            number += 1
            await asyncio.sleep(0.02)
    finally:
        ENDED.append("ticker")
