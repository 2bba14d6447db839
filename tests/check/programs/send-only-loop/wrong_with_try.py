"""Catching the exception does not help where none is raised."""

import asyncio
import random

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
ENDED: list[str] = []


@app.websocket("/metrics")
async def metrics(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:  # here
            await asyncio.sleep(0.02)
            await websocket.send_json({"cpu": random.random()})
    except WebSocketDisconnect:
        pass
    finally:
        ENDED.append("metrics")
