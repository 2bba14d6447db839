"""Gathers in which nobody receives."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def load_user():
    return {"name": "ann"}


async def load_rooms():
    return ["lobby"]


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    user, rooms = await asyncio.gather(load_user(), load_rooms())
    await ws.send_json({"user": user, "rooms": rooms})
    try:
        while True:
            text = await ws.receive_text()
            await asyncio.gather(load_user(), ws.send_text(text))
    except WebSocketDisconnect:
        pass
