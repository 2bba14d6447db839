"""Each client has a bounded queue: nothing is sent in the loop."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
outboxes: dict[WebSocket, asyncio.Queue] = {}


async def broadcast(message: str):
    for ws, outbox in list(outboxes.items()):
        if outbox.full():
            outboxes.pop(ws, None)
        else:
            outbox.put_nowait(message)
    for outbox in list(outboxes.values()):
        await outbox.put("end of news")


async def sender(ws: WebSocket, outbox: asyncio.Queue):
    while True:
        await ws.send_text(await outbox.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    outboxes[ws] = outbox = asyncio.Queue(maxsize=100)
    task = asyncio.create_task(sender(ws, outbox))
    try:
        async for message in ws.iter_text():
            await broadcast(message)
    except WebSocketDisconnect:
        pass
    finally:
        task.cancel()
        outboxes.pop(ws, None)
