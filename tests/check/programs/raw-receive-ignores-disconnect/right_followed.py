"""The end changes what the loop asks for, and helpers raise at it, or give what is asked for."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Hung(Exception):
    pass


class Phone:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.ringing = True
        self.up = True

    def hang_up(self) -> None:
        self.ringing = False

    async def ring(self) -> None:
        while self.ringing:
            message = await self.ws.receive()
            if message.get("text") is not None:
                await self.ws.send_text(message["text"])
            else:
                self.hang_up()

    async def word(self) -> str:
        message = await self.ws.receive()
        text = message.get("text")
        if text is None:
            raise Hung
        return text

    async def sound(self) -> bytes | None:
        message = await self.ws.receive()
        return message.get("bytes")

    async def take(self, message: dict) -> None:
        if "text" in message:
            await self.ws.send_text(message["text"])
        else:
            self.up = False


@app.websocket("/ring")
async def ring(ws: WebSocket):
    await ws.accept()
    await Phone(ws).ring()


@app.websocket("/words")
async def words(ws: WebSocket):
    await ws.accept()
    phone = Phone(ws)
    try:
        while True:
            await ws.send_text(await phone.word())
    except Hung:
        pass


@app.websocket("/sounds")
async def sounds(ws: WebSocket):
    await ws.accept()
    phone = Phone(ws)
    while True:
        sound = await phone.sound()
        if sound is None:
            break
        await ws.send_bytes(sound)


@app.websocket("/calls")
async def calls(ws: WebSocket):
    await ws.accept()
    phone = Phone(ws)
    while phone.up:
        await phone.take(await ws.receive())
