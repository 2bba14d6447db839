import logging

logger = logging.getLogger(__name__)


class Hub:
    def __init__(self):
        self.clients = set()

    def add(self, client):
        self.clients.add(client)

    def drop(self, client):
        self.clients.discard(client)

    async def push(self, client, text):
        try:
            await client.send_text(text)
        except Exception as error:
            logger.info("gone: %s", error)
            self.drop(client)

    async def push_all(self, text):
        for client in tuple(self.clients):
            await self.push(client, text)  # here


hub = Hub()
