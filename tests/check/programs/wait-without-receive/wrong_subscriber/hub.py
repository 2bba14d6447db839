import asyncio
from collections import defaultdict


class Hub:
    def __init__(self) -> None:
        self.jobs: dict[str, set[asyncio.Queue[str]]] = defaultdict(set)

    def subscribe(self, job: str) -> asyncio.Queue[str]:
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=100)
        self.jobs[job].add(queue)
        return queue

    def unsubscribe(self, job: str, queue: asyncio.Queue[str]) -> None:
        self.jobs[job].discard(queue)


hub = Hub()
