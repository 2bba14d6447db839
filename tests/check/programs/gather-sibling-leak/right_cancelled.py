"""Whatever ends gather, the tasks are cancelled."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
news: asyncio.Queue = asyncio.Queue(maxsize=100)


async def receive(ws: WebSocket):
    while True:
        await ws.receive_text()


async def send(ws: WebSocket):
    while True:
        await ws.send_text(await news.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    receiving = asyncio.create_task(receive(ws))
    sending = asyncio.create_task(send(ws))
    try:
        await asyncio.gather(receiving, sending)
    except WebSocketDisconnect:
        pass
    finally:
        receiving.cancel()
        sending.cancel()


@app.websocket("/both")
async def both(ws: WebSocket):
    await ws.accept()
    together = asyncio.gather(receive(ws), send(ws))
    try:
        await together
    except WebSocketDisconnect:
        together.cancel()
