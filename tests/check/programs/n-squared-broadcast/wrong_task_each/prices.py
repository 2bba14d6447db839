import asyncio

from fastapi import WebSocket


class Hub:
    def __init__(self):
        self.clients: set[WebSocket] = set()

    async def publish(self, data):
        for client in tuple(self.clients):
            try:
                await client.send_json(data)
            except Exception:
                self.clients.discard(client)

    async def run(self):
        price = 0
        while True:
            price += 1
            await self.publish({"price": price})
            await asyncio.sleep(0.02)


hub = Hub()
