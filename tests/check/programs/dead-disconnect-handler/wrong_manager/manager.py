from fastapi import WebSocket


class Manager:
    def __init__(self) -> None:
        self.clients: dict[WebSocket, list] = {}

    async def connect(self, client: WebSocket) -> None:
        await client.accept()
        self.clients[client] = []

    def store(self, client: WebSocket, message) -> None:
        self.clients[client].append(message)

    def disconnect(self, client: WebSocket) -> None:
        del self.clients[client]
