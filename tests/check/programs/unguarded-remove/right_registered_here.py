import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

app = FastAPI()
subscribers: set["asyncio.Queue[str]"] = set()


@asynccontextmanager
async def subscribed() -> AsyncIterator["asyncio.Queue[str]"]:
    queue: asyncio.Queue[str] = asyncio.Queue(10)
    subscribers.add(queue)
    try:
        yield queue
    finally:
        subscribers.remove(queue)


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    async with subscribed() as queue:
        async for text in ws.iter_text():
            queue.put_nowait(text)
            await ws.send_text(await queue.get())
