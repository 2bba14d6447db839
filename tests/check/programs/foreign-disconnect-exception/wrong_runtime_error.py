from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()


class Manager:
    def __init__(self):
        self.active = []

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.active.append(ws)

    def disconnect(self, ws: WebSocket):
        self.active.remove(ws)


manager = Manager()


@router.websocket("/ws")
async def chat(ws: WebSocket):
    await manager.connect(ws)
    try:
        while True:
            data = await ws.receive_json()
            await ws.send_json(data)
    except RuntimeError as error:  # here
        print("gone", error)
        manager.disconnect(ws)


app = FastAPI()
app.include_router(router)
