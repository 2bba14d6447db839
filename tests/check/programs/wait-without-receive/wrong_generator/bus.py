import asyncio
from collections.abc import AsyncIterator


class Bus:
    def __init__(self) -> None:
        self.queues: set[asyncio.Queue] = set()

    async def listen(self) -> AsyncIterator[dict]:
        queue: asyncio.Queue = asyncio.Queue(maxsize=10)
        self.queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.queues.discard(queue)


bus = Bus()
