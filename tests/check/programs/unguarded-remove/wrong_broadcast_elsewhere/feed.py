from starlette.websockets import WebSocket


class Feed:
    def __init__(self) -> None:
        self.readers: list[WebSocket] = []

    async def open(self, reader: WebSocket) -> None:
        await reader.accept()
        self.readers.append(reader)

    async def publish(self, text: str) -> None:
        for reader in list(self.readers):
            try:
                await reader.send_text(text)
            except Exception:
                if reader in self.readers:
                    self.readers.remove(reader)


feed = Feed()
