import asyncio

from fastapi import WebSocket


class Client:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.outbox: asyncio.Queue[str] = asyncio.Queue(maxsize=10)

    async def run(self) -> None:
        await self.ws.accept()
        while True:
            text = await self.outbox.get()
            try:
                await self.ws.send_text(text)
            except Exception as error:  # here
                print("lost", text, error)
