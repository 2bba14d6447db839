"""Nobody looks at the messages; the error of the next call ends the loop."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Monitor:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.alive = True

    async def watch(self) -> None:
        while True:
            try:
                await asyncio.sleep(0.1)
                try:
                    await asyncio.wait_for(self.websocket.receive(), timeout=0.01)
                except asyncio.TimeoutError:
                    pass
            except Exception:
                self.alive = False
                break


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    monitor = Monitor(websocket)
    watching = asyncio.create_task(monitor.watch())
    while monitor.alive:
        await asyncio.sleep(0.1)
    await watching


@app.websocket("/drain")
async def drain(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.receive()
    except Exception:
        pass
