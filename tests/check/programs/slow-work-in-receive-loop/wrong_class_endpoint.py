import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


class Whisper:
    async def transcribe(self, audio):
        await asyncio.sleep(3)
        return str(len(audio))


class Dictation(WebSocketEndpoint):
    encoding = "bytes"
    model = Whisper()

    async def on_receive(self, websocket, data):
        text = await self.model.transcribe(data)  # here
        await websocket.send_text(text)


app = Starlette(routes=[WebSocketRoute("/dictate", Dictation)])
