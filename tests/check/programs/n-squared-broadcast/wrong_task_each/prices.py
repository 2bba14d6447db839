import asyncio


class Hub:
    def __init__(self):
        self.clients = set()

    async def publish(self, data):
        for client in tuple(self.clients):
            try:
                await client.send_json(data)
            except Exception:
                self.clients.discard(client)

    async def run(self):
        while True:
            await self.publish({"price": 1})  # here
            await asyncio.sleep(0.05)


hub = Hub()
