"""A bounded queue per client, and a task per send: nobody waits for a socket."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Subscriber:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.queue: asyncio.Queue[str] = asyncio.Queue(maxsize=50)

    async def run(self) -> None:
        while True:
            await self.ws.send_text(await self.queue.get())

    def send(self, text: str) -> None:
        if not self.queue.full():
            self.queue.put_nowait(text)


class Broker:
    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()
        self.tasks: set[asyncio.Task] = set()

    def publish(self, text: str) -> None:
        for subscriber in self.subscribers:
            subscriber.send(text)

    async def publish_in_tasks(self, text: str) -> None:
        for subscriber in self.subscribers:

            async def deliver(ws=subscriber.ws):
                await ws.send_text(text)

            task = asyncio.create_task(deliver())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)


broker = Broker()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    subscriber = Subscriber(ws)
    broker.subscribers.add(subscriber)
    sending = asyncio.create_task(subscriber.run())
    try:
        async for text in ws.iter_text():
            broker.publish(text)
            await broker.publish_in_tasks(text)
    except WebSocketDisconnect:
        pass
    finally:
        broker.subscribers.discard(subscriber)
        sending.cancel()
