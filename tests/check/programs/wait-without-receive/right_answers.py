"""A wait between two messages of the client."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    results: asyncio.Queue = asyncio.Queue(maxsize=10)
    async for text in websocket.iter_text():
        await results.put(text)
        await websocket.send_text(await results.get())
