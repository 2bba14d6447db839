"""More ways to write it."""

import asyncio
from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.receive_text()
    except WebSocketDisconnect:
        return
    except:
        print("x")
        raise
    await websocket.close()


async def task_2(websocket):
    try:
        while True:
            await websocket.send_text("x")
            await asyncio.sleep(1)
    except asyncio.CancelledError:
        raise
    except:
        pass


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    t = asyncio.create_task(task_2(websocket))
    async for x in websocket.iter_text():
        pass
    t.cancel()


async def other_3():
    try:
        await asyncio.sleep(1)
    except:
        pass


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    try:
        x = 1 / 0
    except:
        x = 0
    try:
        await websocket.receive_text()
    except BaseException as e:
        raise RuntimeError from e
    await websocket.close()
