import asyncio
from typing import Set


class Bus:
    def __init__(self):
        self.subscribers: Set[asyncio.Queue] = set()

    def subscribe(self):
        queue: asyncio.Queue = asyncio.Queue()
        self.subscribers.add(queue)
        return queue

    def unsubscribe(self, queue):
        self.subscribers.discard(queue)

    def publish(self, event):
        for queue in self.subscribers:
            queue.put_nowait(event)


bus = Bus()
