"""A chat as FastAPI's documentation teaches it: a list of sockets, and a loop over the list.

Our own words for the chapter on WebSockets (https://fastapi.tiangolo.com/advanced/websockets/): the
same class, and what it awaits and catches is the same. It runs on its own:
``uvicorn holdfast.demo.tutorial:app``.
"""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    """Who is connected."""

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


@app.websocket("/ws/{client_id}")
async def chat(websocket: WebSocket, client_id: int) -> None:
    """Say what this client says to everybody, until it is gone."""
    await manager.connect(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_text(f"You wrote: {text}")
            await manager.broadcast(f"Client #{client_id} says: {text}")
    except WebSocketDisconnect:
        manager.disconnect(websocket)
        await manager.broadcast(f"Client #{client_id} left the chat")
