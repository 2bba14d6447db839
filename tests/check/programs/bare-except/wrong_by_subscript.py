"""The WebSocket is only ever taken out of a dict by its key."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Players:
    def __init__(self) -> None:
        self.sockets: dict[str, WebSocket] = {}

    async def tell(self, name: str, text: str) -> bool:
        try:
            await asyncio.wait_for(self.sockets[name].send_text(text), timeout=2)
            return True
        except:  # here
            return False

    async def ask(self, name: str) -> None:
        try:
            await self.sockets[name].send_json({"ready": True})
        except BaseException:  # here
            print(name, "does not answer")


players = Players()


@app.websocket("/play/{name}")
async def play(websocket: WebSocket, name: str):
    await websocket.accept()
    players.sockets[name] = websocket
    try:
        async for text in websocket.iter_text():
            await players.tell(name, text)
    finally:
        del players.sockets[name]
