"""More ways to write it."""

import asyncio
import json
from fastapi import FastAPI, WebSocket
from contextlib import suppress

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.receive_text()
    except:  # here
        return
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.receive_text()
    except BaseException:  # here
        pass
    try:
        await websocket.close()
    except:
        pass


async def task_3(websocket: WebSocket):
    with suppress(BaseException):  # here
        while True:
            await websocket.send_text("x")
            await asyncio.sleep(1)


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    try:
        data = json.loads(await websocket.receive_text())
    except:  # here
        await websocket.send_text("bad")
    await websocket.close()
