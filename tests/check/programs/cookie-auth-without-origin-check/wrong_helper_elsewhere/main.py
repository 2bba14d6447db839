from auth import current_user
from fastapi import APIRouter, Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
router = APIRouter()


@router.websocket("/inbox")
async def inbox(ws: WebSocket, user: str = Depends(current_user)):  # here
    await ws.accept()
    try:
        while True:
            await ws.send_text(f"{user}: {await ws.receive_text()}")
    except WebSocketDisconnect:
        pass


app.include_router(router)
