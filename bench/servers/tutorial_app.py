"""FastAPI's tutorial: a ConnectionManager that sends to one client after the other."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from bench.servers.order import Order
from holdfast.demo.tutorial import ConnectionManager

app = FastAPI()
manager = ConnectionManager()


@app.websocket("/ws")
async def everyone(websocket: WebSocket) -> None:
    """Connect each client to one manager; broadcast on order."""
    await manager.connect(websocket)
    try:
        while True:
            if order := Order.parse(await websocket.receive_text()):
                await order.carry_out(broadcast)
    except WebSocketDisconnect:
        manager.disconnect(websocket)


async def broadcast(_: str, text: str) -> None:
    """The manager knows one channel."""
    await manager.broadcast(text)


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    """Send back what came."""
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
