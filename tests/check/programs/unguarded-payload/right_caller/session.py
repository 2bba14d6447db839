from fastapi import WebSocket


class Session:
    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket

    async def run(self) -> None:
        await self.loop()

    async def loop(self) -> None:
        while True:
            await self.socket.send_json(await self.socket.receive_json())
