"""One message is read before the loop, and nothing after it."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/stream")
async def stream(socket: WebSocket):
    await socket.accept()
    wanted = await socket.receive_json()
    while True:  # here
        await socket.send_json({"topic": wanted["topic"], "value": 1})
        await asyncio.sleep(1)
