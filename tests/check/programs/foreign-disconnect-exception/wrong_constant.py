"""The exceptions are kept in a tuple of the file."""

import asyncio

from fastapi import FastAPI, WebSocket
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK

GONE = (ConnectionClosedOK, ConnectionClosedError)
app = FastAPI()


class Speaker:
    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket

    async def say(self, text: str) -> bool:
        try:
            await self.socket.send_text(text)
        except GONE:  # here
            return False
        return True


@app.websocket("/say")
async def say(socket: WebSocket):
    await socket.accept()
    speaker = Speaker(socket)
    async for text in socket.iter_text():
        if not await speaker.say(text):
            break


@app.websocket("/hour")
async def hour(socket: WebSocket):
    await socket.accept()
    try:
        while True:
            await socket.send_text(await asyncio.wait_for(socket.receive_text(), 3600))
    except (ConnectionResetError, RuntimeError):  # here
        print("over")
