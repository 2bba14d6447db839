import traceback

from fastapi import WebSocket


class Session:
    def __init__(self, conn: WebSocket) -> None:
        self.conn = conn
        self.running = True

    async def start(self) -> None:
        await self.conn.accept()
        while self.running:
            try:
                await self.handle(await self.conn.receive_json())
            except BaseException:  # here
                traceback.print_exc()

    async def handle(self, message) -> None:
        await self.conn.send_json(message)
