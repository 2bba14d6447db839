"""A helper that the endpoint calls begins the task."""

from asyncio import create_task, sleep

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def beat(sock: WebSocket):
    while True:
        await sleep(1)
        await sock.send_json({"type": "beat"})


async def start(sock: WebSocket):
    await sock.accept()
    create_task(beat(sock))  # here


@app.websocket("/ws")
async def endpoint(sock: WebSocket):
    await start(sock)
    try:
        while True:
            await sock.receive_json()
    except WebSocketDisconnect:
        pass
