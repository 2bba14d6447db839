"""What a gathered task raises arrives where it is gathered."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def read(websocket: WebSocket, inbox: asyncio.Queue) -> None:
    while True:
        await inbox.put(await websocket.receive_text())


async def answer(websocket: WebSocket, inbox: asyncio.Queue) -> None:
    while True:
        await websocket.send_text(await inbox.get())


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    inbox: asyncio.Queue = asyncio.Queue(maxsize=10)
    tasks = [asyncio.ensure_future(one(websocket, inbox)) for one in (read, answer)]
    try:
        await asyncio.gather(*tasks)
    except WebSocketDisconnect:
        pass
    finally:
        for task in tasks:
            task.cancel()
