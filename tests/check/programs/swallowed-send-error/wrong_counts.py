"""A loop that counts to what nobody waits for."""

import asyncio
import sys

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/power")
async def power(websocket: WebSocket):
    await websocket.accept()
    number = 0
    while number < 10**12:
        number += 1
        try:
            await websocket.send_text(str(number))
        except (RuntimeError, WebSocketDisconnect) as error:  # here
            print("not sent", error)
        await asyncio.sleep(0.01)


@app.websocket("/most")
async def most(websocket: WebSocket):
    await websocket.accept()
    number = 0
    while number <= sys.maxsize:
        try:
            await websocket.send_text(str(number))
        except Exception:  # here
            pass
        number += 1
        await asyncio.sleep(0.01)
