import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Streamer:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.running = True

    async def stream(self) -> None:
        while self.running:
            try:
                await self.ws.send_text("tick")
            except RuntimeError:
                pass
            except Exception:  # here
                pass
            await asyncio.sleep(0.01)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    await Streamer(ws).stream()
