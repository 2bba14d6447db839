"""A queue that pairs one answer with one request."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
devices: dict[str, WebSocket] = {}
waiting: dict[str, asyncio.Queue] = {}


@app.websocket("/device/{name}")
async def device(ws: WebSocket, name: str):
    await ws.accept()
    devices[name] = ws
    try:
        while True:
            answer = await ws.receive_json()
            if name in waiting:
                waiting[name].put_nowait(answer)
    except WebSocketDisconnect:
        pass
    finally:
        devices.pop(name, None)


@app.post("/ask/{name}")
async def ask(name: str, question: dict):
    waiting[name] = asyncio.Queue()
    try:
        await devices[name].send_json(question)
        return await asyncio.wait_for(waiting[name].get(), 5)
    finally:
        del waiting[name]
