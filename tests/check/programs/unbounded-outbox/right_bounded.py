import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
outboxes: dict[WebSocket, asyncio.Queue] = {}
SIZE = 50


def publish(message: str):
    for ws, outbox in list(outboxes.items()):
        try:
            outbox.put_nowait(message)
        except asyncio.QueueFull:
            outboxes.pop(ws, None)


async def sender(ws: WebSocket, outbox: asyncio.Queue):
    while True:
        await ws.send_text(await outbox.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    outboxes[ws] = asyncio.Queue(maxsize=100)
    outboxes[ws] = asyncio.Queue(SIZE)
    task = asyncio.create_task(sender(ws, outboxes[ws]))
    try:
        async for message in ws.iter_text():
            publish(message)
    except WebSocketDisconnect:
        pass
    finally:
        task.cancel()
        outboxes.pop(ws, None)
