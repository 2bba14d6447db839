import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def read(ws: WebSocket) -> None:
    async for _ in ws.iter_text():
        pass


async def write(ws: WebSocket, queue: asyncio.Queue) -> None:
    while True:
        await ws.send_text(await queue.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=10)
    tasks = {asyncio.create_task(read(ws)), asyncio.create_task(write(ws, queue))}
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
