from fastapi import WebSocket


class Session:
    def __init__(self, socket: WebSocket, lang: str) -> None:
        self.socket = socket
        self.lang = lang

    async def run(self) -> None:
        while True:
            message = await self.socket.receive_json()  # here
            await self.answer(message)

    async def answer(self, message: dict) -> None:
        await self.socket.send_json({"lang": self.lang, "echo": message})
