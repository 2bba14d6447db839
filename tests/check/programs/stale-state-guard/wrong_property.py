import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


class Session:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws

    @property
    def connected(self) -> bool:
        return self.ws.client_state == WebSocketState.CONNECTED

    async def run(self) -> None:
        while self.connected:  # here
            await self.ws.send_text("beat")
            await asyncio.sleep(1)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    await Session(ws).run()
