from dataclasses import dataclass

from fastapi import WebSocket


class Session:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def open(self) -> None:
        await self.websocket.accept()


@dataclass
class Caller:
    websocket: WebSocket
    number: int

    async def answer(self) -> None:
        await self.websocket.accept(subprotocol="call.v1")
