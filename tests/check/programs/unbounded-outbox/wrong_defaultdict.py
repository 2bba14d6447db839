from collections import defaultdict
import asyncio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

boxes: dict[str, asyncio.Queue] = defaultdict(asyncio.Queue)  # here


async def pump(ws: WebSocket, box: asyncio.Queue) -> None:
    while True:
        await ws.send_text(await box.get())


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    box = boxes[name]
    task = asyncio.create_task(pump(ws, box))
    try:
        async for text in ws.iter_text():
            for other in boxes.values():
                other.put_nowait(text)
    finally:
        task.cancel()
        boxes.pop(name, None)
