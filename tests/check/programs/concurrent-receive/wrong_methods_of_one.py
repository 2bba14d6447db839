import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Voice:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.control: asyncio.Task[None] | None = None

    async def listen_for_control(self) -> None:
        while True:
            if await self.websocket.receive_text() == "mute":
                print("muted")

    async def run(self) -> None:
        self.control = asyncio.create_task(self.listen_for_control())
        try:
            while True:
                audio = await self.websocket.receive_bytes()  # here
                await self.websocket.send_bytes(audio)
        except WebSocketDisconnect:
            pass
        finally:
            self.control.cancel()


@app.websocket("/voice")
async def voice(websocket: WebSocket) -> None:
    await websocket.accept()
    await Voice(websocket).run()
