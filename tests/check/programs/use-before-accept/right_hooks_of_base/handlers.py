from fastapi import WebSocket, WebSocketDisconnect


class Handler:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def open(self) -> None:
        raise NotImplementedError

    async def loop(self) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        await self.open()
        await self.websocket.send_text("hello")
        try:
            await self.loop()
        except WebSocketDisconnect:
            print("left")


class Echo(Handler):
    async def open(self) -> None:
        await self.websocket.accept()

    async def loop(self) -> None:
        while True:
            await self.websocket.send_text(await self.websocket.receive_text())
