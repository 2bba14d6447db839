import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
QUEUES: set[asyncio.Queue] = set()


@app.websocket("/events")
async def events(websocket: WebSocket):
    await websocket.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=100)
    QUEUES.add(queue)
    gone = asyncio.create_task(websocket.receive())
    try:
        while True:
            event = asyncio.create_task(queue.get())
            done, _ = await asyncio.wait({event, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone in done:
                event.cancel()
                break
            await websocket.send_json(event.result())
    finally:
        QUEUES.discard(queue)
        gone.cancel()
