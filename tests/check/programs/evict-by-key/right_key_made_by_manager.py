import itertools
import secrets

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Hub:
    def __init__(self) -> None:
        self.sockets: dict[str, WebSocket] = {}
        self.numbered: dict[int, WebSocket] = {}
        self.numbers = itertools.count()

    def add(self, socket: WebSocket, user_id: str) -> tuple[str, int]:
        key = f"{user_id}:{secrets.token_hex(8)}"
        number = next(self.numbers)
        self.sockets[key] = socket
        self.numbered[number] = socket
        return key, number

    def drop(self, key: str, number: int) -> None:
        self.sockets.pop(key, None)
        del self.numbered[number]


hub = Hub()


@app.websocket("/ws/{user_id}")
async def endpoint(socket: WebSocket, user_id: str):
    await socket.accept()
    key, number = hub.add(socket, user_id)
    try:
        async for text in socket.iter_text():
            await socket.send_text(text)
    finally:
        hub.drop(key, number)
