from starlette.websockets import WebSocket


class Notifier:
    def __init__(self) -> None:
        self.socket: WebSocket | None = None

    async def connect(self, socket: WebSocket) -> None:
        await socket.accept()
        self.socket = socket  # here

    def disconnect(self) -> None:
        self.socket = None

    async def notify(self, text: str) -> None:
        if self.socket is not None:
            await self.socket.send_text(text)


notifier = Notifier()
