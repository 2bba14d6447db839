"""None ends the subscription, if somebody publishes it."""

import asyncio

from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()


class Bus:
    def __init__(self) -> None:
        self.queues: list[asyncio.Queue] = []

    def subscribe(self) -> asyncio.Queue:
        queue: asyncio.Queue = asyncio.Queue(50)
        self.queues.append(queue)
        return queue


bus = Bus()


@router.websocket("/bus")
async def follow(ws: WebSocket):
    await ws.accept()
    queue = bus.subscribe()
    while (item := await queue.get()) is not None:  # here
        await ws.send_json(item)
    await ws.close()


app = FastAPI()
app.include_router(router)
