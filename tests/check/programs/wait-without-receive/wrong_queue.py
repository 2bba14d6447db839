import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
QUEUES: set[asyncio.Queue] = set()


@app.websocket("/events")
async def events(websocket: WebSocket):
    await websocket.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=100)
    QUEUES.add(queue)
    try:
        while True:
            event = await queue.get()  # here
            await websocket.send_json(event)
    except WebSocketDisconnect:
        pass
    finally:
        QUEUES.discard(queue)
