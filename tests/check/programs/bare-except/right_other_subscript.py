"""What is taken out of a dict is no WebSocket."""

import asyncio

from fastapi import FastAPI

app = FastAPI()


class Jobs:
    def __init__(self) -> None:
        self.jobs: dict[str, asyncio.Task] = {}
        self.queues: dict[str, asyncio.Queue] = {}

    async def wait_for(self, name: str) -> bool:
        try:
            await self.jobs[name]
            await self.queues[name].put("done")
            return True
        except:
            return False


jobs = Jobs()
