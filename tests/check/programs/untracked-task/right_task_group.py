"""Groups of tasks hold them."""

import asyncio

import anyio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def beat(ws: WebSocket):
    while True:
        await asyncio.sleep(1)
        await ws.send_text("beat")


@app.websocket("/asyncio")
async def with_asyncio(ws: WebSocket):
    await ws.accept()
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(beat(ws))
            while True:
                await ws.receive_text()
    except* WebSocketDisconnect:
        pass


@app.websocket("/anyio")
async def with_anyio(ws: WebSocket):
    await ws.accept()
    async with anyio.create_task_group() as group:
        group.start_soon(beat, ws)
        async for text in ws.iter_text():
            print(text)
        group.cancel_scope.cancel()
