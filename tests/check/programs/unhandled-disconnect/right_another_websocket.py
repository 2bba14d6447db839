"""A socket of another make has exceptions of its own."""

from fastapi import FastAPI

app = FastAPI()


class WebSocket:
    async def receive_text(self) -> str:
        return "x"


async def drain(websocket: WebSocket) -> None:
    while True:
        await websocket.receive_text()
