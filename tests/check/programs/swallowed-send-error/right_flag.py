import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Pump:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.running = True

    async def run(self) -> None:
        while self.running:
            try:
                await self.ws.send_text("tick")
            except Exception:
                self.running = False
            await asyncio.sleep(0.01)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await Pump(websocket).run()


@app.websocket("/local")
async def local(websocket: WebSocket):
    await websocket.accept()
    alive = True
    while alive:
        try:
            await websocket.send_text("tick")
        except Exception:
            alive = False
        await asyncio.sleep(0.01)
