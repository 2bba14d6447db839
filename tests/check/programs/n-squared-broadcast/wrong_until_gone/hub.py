import asyncio
from fastapi import WebSocket


class Hub:
    def __init__(self) -> None:
        self.socks: set[WebSocket] = set()

    async def push(self, payload: dict) -> None:
        sends = (asyncio.wait_for(s.send_json(payload), 1) for s in list(self.socks))
        await asyncio.gather(*sends, return_exceptions=True)


hub = Hub()
