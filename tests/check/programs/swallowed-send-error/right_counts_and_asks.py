import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Monitor:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.failures = 0

    async def report(self) -> None:
        try:
            await self.websocket.send_json({"failures": self.failures})
        except Exception:
            self.failures += 1

    async def run(self) -> None:
        while True:
            await self.report()
            if self.failures > 3:
                return
            await asyncio.sleep(2)


@app.websocket("/monitor")
async def monitor(websocket: WebSocket) -> None:
    await websocket.accept()
    task = asyncio.create_task(Monitor(websocket).run())
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        task.cancel()
