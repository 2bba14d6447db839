import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
outboxes: dict[WebSocket, asyncio.Queue] = {}


def publish(message: str):
    for outbox in outboxes.values():
        outbox.put_nowait(message)


async def sender(ws: WebSocket, outbox: asyncio.Queue):
    while True:
        await ws.send_text(await outbox.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    outboxes[ws] = asyncio.Queue()  # here
    task = asyncio.create_task(sender(ws, outboxes[ws]))
    try:
        async for message in ws.iter_text():
            publish(message)
    except WebSocketDisconnect:
        pass
    finally:
        task.cancel()
        del outboxes[ws]
