"""Loops that count, and come to their end."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
MOST = 10**12


@app.websocket("/few")
async def few(websocket: WebSocket):
    await websocket.accept()
    number = 0
    while number < 10**2:
        number += 1
        try:
            await websocket.send_text(str(number))
        except Exception:
            pass
        await asyncio.sleep(0.01)


@app.websocket("/ends")
async def ends(websocket: WebSocket):
    await websocket.accept()
    number = 0
    while number < 10**12:
        try:
            await websocket.send_text(str(number))
        except Exception:
            number = MOST
        number += 1
        await asyncio.sleep(0.01)
