from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
router = APIRouter(prefix="/chat")


@router.websocket("/{room}")
async def chat(websocket: WebSocket, room: str, token: str):  # here
    if token != "s3cret":
        await websocket.close()
        return
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{room}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass


@router.websocket("/key/{room}")
async def with_key(websocket: WebSocket, room: str):
    key = websocket.query_params["api_key"]  # here
    await websocket.accept()
    await websocket.send_text(key[:1] + room)
    await websocket.close()


app.include_router(router)
