import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def drain(websocket: WebSocket, outbox: asyncio.Queue[str]) -> None:
    while True:
        await websocket.send_text(await outbox.get())


@contextlib.asynccontextmanager
async def link(websocket: WebSocket) -> AsyncIterator[asyncio.Queue[str]]:
    await websocket.accept()
    outbox: asyncio.Queue[str] = asyncio.Queue(8)
    task = asyncio.create_task(drain(websocket, outbox))
    try:
        yield outbox
    finally:
        task.cancel()
        with contextlib.suppress(BaseException):
            await task


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    async with link(websocket) as outbox:
        async for text in websocket.iter_text():
            outbox.put_nowait(text)
