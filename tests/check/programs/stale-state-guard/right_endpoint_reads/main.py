"""The endpoint reads while the sender's loop looks at the state."""

import asyncio

from fastapi import FastAPI, WebSocket

from sender import Sender

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    sender = Sender(websocket)
    task = asyncio.create_task(sender.run())
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        task.cancel()
