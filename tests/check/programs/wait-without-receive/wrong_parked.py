"""Nobody sets this event, and nobody reads."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: list[WebSocket] = []


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    clients.append(websocket)
    try:
        await asyncio.Event().wait()  # here
    finally:
        clients.remove(websocket)


@app.websocket("/future")
async def future(websocket: WebSocket):
    await websocket.accept()
    clients.append(websocket)
    try:
        await asyncio.Future()  # here
    finally:
        clients.remove(websocket)
