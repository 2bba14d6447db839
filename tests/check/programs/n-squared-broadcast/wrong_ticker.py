"""Each connection's own timer tells everybody: with n clients each gets n copies."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active_connections: list[WebSocket] = []

    async def connect(self, websocket: WebSocket):
        await websocket.accept()
        self.active_connections.append(websocket)

    def disconnect(self, websocket: WebSocket):
        self.active_connections.remove(websocket)

    async def broadcast(self, message: str):
        for connection in list(self.active_connections):
            await connection.send_text(message)


manager = ConnectionManager()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await manager.connect(websocket)
    number = 0
    try:
        while True:
            await asyncio.sleep(0.02)
            number += 1
            await manager.broadcast(f"tick {number}")  # here
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(websocket)
