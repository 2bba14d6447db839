from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()


class Manager:
    def __init__(self):
        self.active = set()

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.active.add(ws)

    def disconnect(self, ws: WebSocket):
        self.active.discard(ws)


manager = Manager()


@router.websocket("/ws")
async def chat(ws: WebSocket):
    await manager.connect(ws)
    try:
        while True:
            await ws.send_json(await ws.receive_json())
    except WebSocketDisconnect:
        manager.disconnect(ws)
        await ws.close()  # here


app = FastAPI()
app.include_router(router)
