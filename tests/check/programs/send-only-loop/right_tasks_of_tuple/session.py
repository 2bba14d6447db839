import asyncio

from fastapi import WebSocket


class Session:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def send(self) -> None:
        number = 0
        while True:
            number += 1
            await self.websocket.send_json({"number": number})
            await asyncio.sleep(1)

    async def receive(self) -> None:
        while True:
            await self.websocket.receive_text()

    async def run(self) -> None:
        tasks = [asyncio.create_task(one) for one in (self.send(), self.receive())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
