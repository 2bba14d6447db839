"""The first to end is waited for, and the other is left as it is."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
news: asyncio.Queue = asyncio.Queue(maxsize=100)


async def reads(ws: WebSocket):
    try:
        while True:
            print(await ws.receive_text())
    except WebSocketDisconnect:
        pass


async def writes(ws: WebSocket):
    while True:
        await ws.send_text(await news.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    tasks = {asyncio.create_task(reads(ws)), asyncio.create_task(writes(ws))}
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)  # here
    print("bye")
