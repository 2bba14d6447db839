import asyncio

from fastapi import WebSocket
from starlette.websockets import WebSocketState


class Sender:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws

    async def run(self) -> None:
        while self.ws.client_state == WebSocketState.CONNECTED:
            await self.ws.send_text("beat")
            await asyncio.sleep(1)
