import asyncio

from fastapi import WebSocket, WebSocketDisconnect


class Session:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.write())
                group.create_task(self.read())
        except* WebSocketDisconnect:
            pass

    async def read(self) -> None:
        while True:
            await self.ws.receive_text()

    async def write(self) -> None:
        while True:
            await self.ws.send_text("tick")
            await asyncio.sleep(1)
