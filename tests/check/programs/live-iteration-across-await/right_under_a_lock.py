"""The lock that every change takes is held while the loop runs."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.connections: list[WebSocket] = []
        self.lock = asyncio.Lock()

    async def connect(self, ws: WebSocket) -> None:
        await ws.accept()
        async with self.lock:
            self.connections.append(ws)

    async def disconnect(self, ws: WebSocket) -> None:
        async with self.lock:
            self.connections.remove(ws)

    async def broadcast(self, text: str) -> None:
        async with self.lock:
            for ws in self.connections:
                await ws.send_text(text)


manager = Manager()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await manager.connect(ws)
    try:
        while True:
            await manager.broadcast(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        await manager.disconnect(ws)
