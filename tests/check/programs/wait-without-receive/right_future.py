"""A wait between two messages of the client."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
WORK: asyncio.Queue = asyncio.Queue(maxsize=10)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    async for text in ws.iter_text():
        done = asyncio.get_running_loop().create_future()
        await WORK.put((text, done))
        await ws.send_text(await done)
