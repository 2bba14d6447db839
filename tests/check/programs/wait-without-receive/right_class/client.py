import asyncio
from dataclasses import dataclass, field

from fastapi import WebSocket, WebSocketDisconnect


@dataclass
class Client:
    websocket: WebSocket
    outbox: asyncio.Queue = field(default_factory=lambda: asyncio.Queue(maxsize=10))

    async def run(self) -> None:
        writer = asyncio.create_task(self._write())
        try:
            await self._read()
        finally:
            writer.cancel()

    async def _write(self) -> None:
        while True:
            await self.websocket.send_json(await self.outbox.get())

    async def _read(self) -> None:
        while True:
            try:
                await self.websocket.receive_text()
            except WebSocketDisconnect:
                return
