import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
SENT: list[int] = []


@app.get("/sent")
async def sent():
    return len(SENT)


@app.websocket("/ws")
async def ticker(websocket: WebSocket):
    await websocket.accept()
    number = 0
    while True:  # here
        await websocket.send_json({"tick": number})
        SENT.append(number)
        number += 1
        await asyncio.sleep(0.02)
