from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
router = APIRouter()


class Manager:
    async def send_personal(self, message: dict, websocket: WebSocket):
        await websocket.send_text(message)  # here


manager = Manager()


@router.websocket("/manager")
async def through_manager(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await manager.send_personal({"echo": text}, websocket)
    except WebSocketDisconnect:
        pass


@router.websocket("/dict")
async def a_dict(ws: WebSocket):
    await ws.accept()
    await ws.send_text({"kind": "hello"})  # here
    await ws.close()


app.include_router(router)
