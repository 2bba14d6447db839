import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def read(ws: WebSocket, queue: asyncio.Queue) -> None:
    async for text in ws.iter_text():
        await queue.put(text)


async def write(ws: WebSocket, queue: asyncio.Queue) -> None:
    while True:
        await ws.send_text(await queue.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=10)
    async with asyncio.TaskGroup() as group:
        writer = group.create_task(write(ws, queue))
        await read(ws, queue)
        writer.cancel()
