from dataclasses import dataclass

from fastapi import WebSocket


@dataclass
class Member:
    websocket: WebSocket
    topic: str

    async def open(self) -> None:
        await self.websocket.accept()
        await self.say("joined")

    async def say(self, text: str) -> None:
        await self.websocket.send_json({"topic": self.topic, "text": text})
