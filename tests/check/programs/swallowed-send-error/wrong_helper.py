"""The helper says nothing of the failure to the loop."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def send_safely(websocket: WebSocket, text: str) -> None:
    try:
        await websocket.send_text(text)
    except Exception:
        pass


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        await send_safely(websocket, "tick")  # here
        await asyncio.sleep(0.01)
