from fastapi import WebSocket


class Session:
    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket

    async def run(self) -> None:
        while True:
            message = await self.socket.receive_json()
            await self.socket.send_json(message)
