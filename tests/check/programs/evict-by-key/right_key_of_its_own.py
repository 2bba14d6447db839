from uuid import uuid4

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active: dict[str, WebSocket] = {}

    async def connect(self, connection_id: str, websocket: WebSocket):
        await websocket.accept()
        self.active[connection_id] = websocket

    def disconnect(self, connection_id: str):
        self.active.pop(connection_id, None)


manager = ConnectionManager()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    connection_id = str(uuid4())
    await manager.connect(connection_id, websocket)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(connection_id)
