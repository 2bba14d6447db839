"""Each dashboard runs a timer that tells everybody."""

import asyncio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self):
        self.active: set[WebSocket] = set()

    async def _send(self, ws: WebSocket, data: dict) -> None:
        try:
            await asyncio.wait_for(ws.send_json(data), 1)
        except Exception:
            self.active.discard(ws)

    async def broadcast(self, data: dict):
        for ws in list(self.active):
            await self._send(ws, data)


manager = Manager()


@app.websocket("/dash")
async def dash(ws: WebSocket):
    await ws.accept()
    manager.active.add(ws)
    try:
        while True:
            try:
                await asyncio.wait_for(ws.receive_text(), 1)
            except TimeoutError:
                pass
            await manager.broadcast({"online": len(manager.active)})  # here
    except WebSocketDisconnect:
        pass
    finally:
        manager.active.discard(ws)
