"""The clean-up is a method that the manager's class inherits, as is what reads."""

from fastapi import FastAPI, WebSocket


class Connections:
    def __init__(self) -> None:
        self.all: set[WebSocket] = set()

    async def enter(self, socket: WebSocket) -> None:
        self.all.add(socket)

    async def leave(self, socket: WebSocket) -> None:
        self.all.discard(socket)
        await socket.close()

    async def next(self, socket: WebSocket) -> str:
        return await socket.receive_text()


class Guests(Connections):
    async def enter(self, socket: WebSocket) -> None:
        await socket.accept()
        await super().enter(socket)


guests = Guests()
app = FastAPI()


@app.websocket("/guests")
async def serve(socket: WebSocket) -> None:
    await guests.enter(socket)
    try:
        while True:
            print(await guests.next(socket))
    finally:
        await guests.leave(socket)  # here
