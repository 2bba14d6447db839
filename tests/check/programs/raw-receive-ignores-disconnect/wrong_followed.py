"""The helper that is given the message, or receives it, does not see that it is the last one."""

import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
log = logging.getLogger("radio")


class Radio:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.heard = bytearray()

    async def tune(self, message: dict) -> None:
        if message.get("bytes") is not None:
            self.heard.extend(message["bytes"])
        elif message.get("text") is not None:
            await self.ws.send_text(message["text"])
        else:
            log.warning("noise")

    async def wave(self) -> bytes:
        message = await self.ws.receive()  # here
        return message.get("bytes") or b""


@app.websocket("/radio")
async def listen(ws: WebSocket):
    await ws.accept()
    radio = Radio(ws)
    try:
        while True:
            await radio.tune(await ws.receive())  # here
    except WebSocketDisconnect:
        pass


@app.websocket("/waves")
async def waves(ws: WebSocket):
    await ws.accept()
    radio = Radio(ws)
    while True:
        wave = await radio.wave()
        if wave.startswith(b"off"):
            continue
        await ws.send_text(str(len(wave)))


@app.websocket("/morse")
async def morse(ws: WebSocket):
    await ws.accept()
    while (message := await ws.receive()) is not None:  # here
        if text := message.get("text"):
            await ws.send_text(text.replace(" ", "-"))
