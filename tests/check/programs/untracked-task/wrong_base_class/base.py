from fastapi import WebSocket, WebSocketDisconnect


class Handler:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def run(self) -> None:
        await self.websocket.accept()
        await self.opened()
        try:
            while True:
                await self.handle(await self.websocket.receive_text())
        except WebSocketDisconnect:
            print("gone")

    async def opened(self) -> None:
        """Say what is done first."""

    async def handle(self, text: str) -> None:
        raise NotImplementedError

    async def send(self, text: str) -> None:
        await self.websocket.send_text(text)
