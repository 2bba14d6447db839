"""Quick awaits with names that sound slow."""

import asyncio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
queue: asyncio.Queue[str] = asyncio.Queue(maxsize=10)


async def transcribe(text: str) -> None:
    if not queue.full():
        queue.put_nowait(text)


async def generate_id(lock: asyncio.Lock) -> int:
    async with lock:
        return queue.qsize()


@app.websocket("/quick")
async def quick(ws: WebSocket):
    await ws.accept()
    lock = asyncio.Lock()
    try:
        while True:
            await transcribe(await ws.receive_text())
            number = await generate_id(lock)
            await asyncio.sleep(0.01)
            await ws.send_text(str(number))
    except WebSocketDisconnect:
        pass
