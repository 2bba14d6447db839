from fastapi import APIRouter, FastAPI, HTTPException, WebSocket, WebSocketDisconnect, status

router = APIRouter()


class Manager:
    def __init__(self):
        self.active = {}

    async def connect(self, key, ws):
        await ws.accept()
        self.active[key] = ws

    def disconnect(self, key):
        self.active.pop(key, None)


manager = Manager()


@router.websocket("/ws/{key}")
async def chat(ws: WebSocket, key: str):
    await manager.connect(key, ws)
    try:
        while True:
            data = await ws.receive_json()
            if "to" not in data:
                raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT)  # here
            await ws.send_json(data)
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(key)


app = FastAPI()
app.include_router(router)
