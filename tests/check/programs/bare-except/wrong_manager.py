from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()


class Manager:
    def __init__(self):
        self.active: list[WebSocket] = []

    async def connect(self, websocket: WebSocket):
        await websocket.accept()
        self.active.append(websocket)

    async def broadcast(self, text: str):
        for connection in list(self.active):
            try:
                await connection.send_text(text)
            except:  # here
                self.active.remove(connection)


manager = Manager()


@router.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await manager.connect(websocket)
    try:
        async for text in websocket.iter_text():
            await manager.broadcast(text)
    finally:
        manager.active.remove(websocket)


app = FastAPI()
app.include_router(router)
