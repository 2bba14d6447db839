import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
log = logging.getLogger(__name__)


class Manager:
    def __init__(self) -> None:
        self.connections: dict[str, WebSocket] = {}

    async def connect(self, user: str, websocket: WebSocket) -> None:
        await websocket.accept()
        self.connections[user] = websocket

    def disconnect(self, user: str) -> None:
        del self.connections[user]


manager = Manager()


@app.websocket("/ws/{user}")
async def endpoint(websocket: WebSocket, user: str):
    await manager.connect(user, websocket)
    try:
        while True:
            await websocket.receive()  # here
    except WebSocketDisconnect:
        log.info("client disconnected")
        manager.disconnect(user)
