import asyncio
import itertools

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def measurements():
    while True:
        yield {"temperature": 21.5}
        await asyncio.sleep(1)


@app.websocket("/measurements")
async def send_measurements(websocket: WebSocket):
    await websocket.accept()
    async for one in measurements():  # here
        await websocket.send_json(one)


@app.websocket("/count")
async def count(websocket: WebSocket):
    await websocket.accept()
    for number in itertools.count():  # here
        await websocket.send_text(str(number))
        await asyncio.sleep(1)
