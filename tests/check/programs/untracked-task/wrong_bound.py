"""Bound to a name, and never awaited or cancelled; ensure_future and loop.create_task, too."""

import asyncio

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()
queue: asyncio.Queue = asyncio.Queue(maxsize=10)


@router.websocket("/a")
async def first(ws: WebSocket):
    await ws.accept()

    async def writer():
        while True:
            await ws.send_text(await queue.get())

    task = asyncio.create_task(writer())  # here
    try:
        while True:
            await ws.receive_text()
    except WebSocketDisconnect:
        pass


@router.websocket("/b")
async def second(ws: WebSocket):
    await ws.accept()

    async def writer():
        while True:
            await ws.send_text(await queue.get())

    _ = asyncio.ensure_future(writer())  # here
    told = asyncio.create_task(writer())  # here
    told.add_done_callback(lambda task: print("ended"))
    asyncio.get_event_loop().create_task(writer())  # here
    async for text in ws.iter_text():
        print(text)


app = FastAPI()
app.include_router(router)
