"""Queues in collections: setdefault, a default factory, an async subscribe, a deadline on get."""

import asyncio
from collections import defaultdict

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Hub:
    def __init__(self):
        self.boxes: dict[str, asyncio.Queue] = {}
        self.topics = defaultdict(list)

    def box(self, name: str) -> asyncio.Queue:
        return self.boxes.setdefault(name, asyncio.Queue())  # here

    async def subscribe(self, topic: str) -> asyncio.Queue:
        queue = asyncio.Queue()  # here
        self.topics[topic].append(queue)
        return queue

    async def publish(self, topic: str, message):
        for queue in self.topics[topic]:
            await queue.put(message)

    def tell(self, name: str, message):
        self.boxes[name].put_nowait(message)


hub = Hub()


@app.post("/tell/{name}")
async def tell(name: str, message: dict):
    hub.tell(name, message)
    await hub.publish("all", message)


@app.websocket("/box/{name}")
async def box(ws: WebSocket, name: str):
    await ws.accept()
    mine = hub.box(name)
    try:
        while True:
            try:
                message = await asyncio.wait_for(mine.get(), timeout=30)
            except asyncio.TimeoutError:
                message = {"kind": "still here"}
            await ws.send_json(message)
    except WebSocketDisconnect:
        pass


@app.websocket("/topic/{topic}")
async def topic(ws: WebSocket, topic: str):
    await ws.accept()
    queue = await hub.subscribe(topic)
    try:
        while True:
            await ws.send_json(await queue.get())
    except WebSocketDisconnect:
        pass
    finally:
        hub.topics[topic].remove(queue)
