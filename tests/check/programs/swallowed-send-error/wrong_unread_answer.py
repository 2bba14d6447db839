"""The helper says whether it has sent, and nobody looks at what it says."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def try_to_send(ws: WebSocket, text: str) -> bool:
    try:
        await ws.send_text(text)
        return True
    except Exception:
        return False


@app.websocket("/ticks")
async def ticks(ws: WebSocket):
    await ws.accept()
    while True:
        await try_to_send(ws, "tick")  # here
        await asyncio.sleep(1)
