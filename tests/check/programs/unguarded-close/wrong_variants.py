"""More ways to write it."""

import asyncio
from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.send_text("a")
        await websocket.close()
    finally:
        await websocket.close()  # here


async def shut_2(ws):
    await ws.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        await shut_2(websocket)  # here


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except (WebSocketDisconnect, RuntimeError):
        await websocket.close(1000)  # here


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect as e:
        if e.code != 1000:
            await websocket.close(1000)  # here


@app.websocket("/5")
async def case_5(websocket: WebSocket):
    await websocket.accept()
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(websocket.receive_text())
            tg.create_task(asyncio.sleep(1))
    finally:
        await websocket.close()  # here


async def run_6(ws):
    while True:
        await ws.send_text("x")
        await asyncio.sleep(1)


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    await websocket.accept()
    task = asyncio.create_task(run_6(websocket))
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        task.cancel()
        await websocket.close()  # here


class Server7:
    def __init__(self, app: FastAPI):
        app.add_api_websocket_route("/7", self.handle)
        self.sockets = set()

    async def handle(self, websocket: WebSocket):
        await self.open(websocket)
        try:
            async for x in websocket.iter_text():
                await websocket.send_text(x)
        finally:
            await self.shut(websocket)  # here

    async def open(self, websocket):
        await websocket.accept()
        self.sockets.add(websocket)

    async def shut(self, websocket):
        self.sockets.discard(websocket)
        await websocket.close()


Server7(app)
