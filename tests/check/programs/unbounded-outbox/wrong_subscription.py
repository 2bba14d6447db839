"""Subscribers in an event bus class: subscribe() makes the queue, publish puts without waiting."""

import asyncio
from contextlib import contextmanager
from fastapi import FastAPI, WebSocket

app = FastAPI()


class EventBus:
    def __init__(self):
        self.subscribers = set()

    @contextmanager
    def subscribe(self):
        queue = asyncio.Queue()  # here
        self.subscribers.add(queue)
        try:
            yield queue
        finally:
            self.subscribers.discard(queue)

    def publish(self, event):
        for queue in self.subscribers:
            queue.put_nowait(event)


bus = EventBus()


@app.post("/events")
async def post_event(text: str):
    bus.publish({"text": text})


@app.websocket("/events")
async def events(ws: WebSocket):
    await ws.accept()
    with bus.subscribe() as queue:

        async def forward():
            while True:
                await ws.send_json(await queue.get())

        task = asyncio.create_task(forward())
        try:
            async for _ in ws.iter_text():
                pass
        finally:
            task.cancel()
