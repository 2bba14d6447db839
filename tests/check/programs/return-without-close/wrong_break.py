from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()


class Manager:
    def __init__(self):
        self.active = set()

    async def connect(self, ws):
        await ws.accept()
        self.active.add(ws)

    def disconnect(self, ws):
        self.active.discard(ws)


manager = Manager()


@router.websocket("/ws")
async def chat(ws: WebSocket):
    await manager.connect(ws)
    try:
        while True:
            text = await ws.receive_text()
            if text == "quit":
                break  # here
            await ws.send_text(text)
    except WebSocketDisconnect:
        print("gone")
    finally:
        manager.disconnect(ws)


app = FastAPI()
app.include_router(router)
