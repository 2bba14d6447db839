"""FastAPI's tutorial: a ConnectionManager that sends to one client after the other."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from bench.servers.order import Order

app = FastAPI()


class ConnectionManager:
    """The list of open connections, as in the chapter on WebSockets of FastAPI's documentation."""

    def __init__(self) -> None:
        self.active_connections: list[WebSocket] = []

    async def connect(self, websocket: WebSocket) -> None:
        """Accept, and remember."""
        await websocket.accept()
        self.active_connections.append(websocket)

    def disconnect(self, websocket: WebSocket) -> None:
        """Forget."""
        self.active_connections.remove(websocket)

    async def broadcast(self, message: str) -> None:
        """Send to everyone, one after the other."""
        for connection in self.active_connections:
            await connection.send_text(message)


manager = ConnectionManager()


@app.websocket("/ws")
async def everyone(websocket: WebSocket) -> None:
    """Connect each client to one manager; broadcast on order."""
    await manager.connect(websocket)
    try:
        while True:
            if order := Order.parse(await websocket.receive_text()):
                payload = "x" * order.size
                for number in range(order.messages):
                    await manager.broadcast(payload)
                    if order.ends_turn(number):
                        await asyncio.sleep(0)
    except WebSocketDisconnect:
        manager.disconnect(websocket)


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    """Send back what came."""
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
