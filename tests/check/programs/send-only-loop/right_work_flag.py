"""The flags of these loops are taken back by work that comes to its end, or by a clock."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

app = FastAPI()


class Upload:
    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.busy = True
        self.stored = asyncio.Event()

    def stop(self) -> None:
        self.busy = False

    async def store(self) -> None:
        while self.parts:
            self.parts -= 1
            await asyncio.sleep(0.1)
        self.stop()
        self.stored.set()


@app.websocket("/upload")
async def upload(ws: WebSocket):
    await ws.accept()
    work = Upload(5)
    task = asyncio.create_task(work.store())
    try:
        while work.busy:
            await ws.send_json({"left": work.parts})
            await asyncio.sleep(0.2)
        await task
        await ws.close()
    except WebSocketDisconnect:
        task.cancel()


@app.websocket("/stored")
async def stored(ws: WebSocket):
    await ws.accept()
    work = Upload(3)
    task = asyncio.create_task(work.store())
    while ws.client_state == WebSocketState.CONNECTED and not work.stored.is_set():
        await ws.send_json({"left": work.parts})
        await asyncio.sleep(0.2)
    await task


@app.websocket("/minute")
async def minute(ws: WebSocket):
    await ws.accept()
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(60, over.set)
    while not over.is_set():
        await ws.send_text("on")
        await asyncio.sleep(1)
    await ws.close()


async def copy(name: str) -> None:
    await asyncio.sleep(3)
    del copies[name]


copies: dict[str, asyncio.Task[None]] = {}


@app.websocket("/copies/{name}")
async def copied(ws: WebSocket, name: str):
    await ws.accept()
    copies[name] = asyncio.create_task(copy(name))
    while name in copies:
        await ws.send_text("copying")
        await asyncio.sleep(0.5)
    await ws.close()
