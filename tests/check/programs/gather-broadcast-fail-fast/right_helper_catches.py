"""The helper that sends catches what a send raises."""

import asyncio
import contextlib

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.sockets: list[WebSocket] = []

    async def _send(self, socket, text):
        try:
            await asyncio.wait_for(socket.send_text(text), 5)
        except Exception:
            self.sockets.remove(socket)

    async def broadcast(self, text: str):
        await asyncio.gather(*(self._send(socket, text) for socket in self.sockets))

    async def broadcast_json(self, data):
        async def send(socket):
            with contextlib.suppress(Exception):
                await socket.send_json(data)

        await asyncio.gather(*[send(socket) for socket in self.sockets])


manager = Manager()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    manager.sockets.append(ws)
    try:
        while True:
            text = await ws.receive_text()
            await manager.broadcast(text)
            await manager.broadcast_json({"text": text})
    except WebSocketDisconnect:
        pass
    finally:
        if ws in manager.sockets:
            manager.sockets.remove(ws)
