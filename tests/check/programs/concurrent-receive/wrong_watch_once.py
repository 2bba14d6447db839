import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
TASKS: set[asyncio.Task] = set()


async def watch(ws: WebSocket) -> None:
    await ws.receive()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    TASKS.add(asyncio.create_task(watch(ws)))
    try:
        while True:
            await ws.send_text(await ws.receive_text())  # here
    except WebSocketDisconnect:
        pass
