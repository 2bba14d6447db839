from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()


class ConnectionManager:
    def __init__(self):
        self.active: list[WebSocket] = []

    async def connect(self, websocket: WebSocket):
        await websocket.accept()
        self.active.append(websocket)

    async def disconnect(self, websocket: WebSocket):
        self.active.remove(websocket)
        await websocket.close()


manager = ConnectionManager()


@router.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await manager.connect(websocket)
    text = await websocket.receive_text()
    await manager.disconnect(websocket)
    await websocket.send_text(f"your last word was {text}")  # here


app = FastAPI()
app.include_router(router)
