from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()


class ConnectionManager:
    def __init__(self):
        self.active: dict[str, WebSocket] = {}

    async def connect(self, key: str, websocket: WebSocket):
        await websocket.accept()
        self.active[key] = websocket

    def connected(self) -> list[str]:
        return [key for key, ws in self.active.items() if not ws.client_state.DISCONNECTED]  # here

    async def send(self, key: str, text: str):
        ws = self.active.get(key)
        if ws and ws.client_state.CONNECTED and text:  # here
            await ws.send_text(text)

    async def disconnect(self, key: str):
        ws = self.active.pop(key, None)
        if ws is not None and not ws.application_state.DISCONNECTED:  # here
            await ws.close()


manager = ConnectionManager()


@router.websocket("/ws/{key}")
async def endpoint(websocket: WebSocket, key: str):
    await manager.connect(key, websocket)
    try:
        while True:
            await manager.send(key, await websocket.receive_text())
            await websocket.send_json(manager.connected())
    except WebSocketDisconnect:
        await manager.disconnect(key)


app = FastAPI()
app.include_router(router)
