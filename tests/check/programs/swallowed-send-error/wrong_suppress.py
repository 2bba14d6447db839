import asyncio
from contextlib import suppress

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(socket: WebSocket):
    await socket.accept()
    while True:
        with suppress(Exception):  # here
            await socket.send_text("tick")
        await asyncio.sleep(0.01)
