"""One group of tasks after the other."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def read(ws: WebSocket, until: str) -> None:
    while await ws.receive_text() != until:
        pass


async def send(ws: WebSocket, text: str) -> None:
    await ws.send_text(text)


@app.websocket("/gather")
async def gathered(ws: WebSocket):
    await ws.accept()
    try:
        await asyncio.gather(read(ws, "ready"), send(ws, "are you ready?"))
        await asyncio.gather(read(ws, "done"), send(ws, "go"))
    except WebSocketDisconnect:
        pass


@app.websocket("/group")
async def grouped(ws: WebSocket):
    await ws.accept()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(read(ws, "ready"))
            group.create_task(send(ws, "are you ready?"))
        while True:
            await ws.send_text(await ws.receive_text())
    except* WebSocketDisconnect:
        pass
