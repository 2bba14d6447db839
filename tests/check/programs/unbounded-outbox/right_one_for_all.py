"""One queue of the application, made once, whose reader waits for no client."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
jobs: asyncio.Queue = asyncio.Queue()


async def work():
    while True:
        print(await jobs.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await jobs.put(await ws.receive_text())
    except WebSocketDisconnect:
        pass
