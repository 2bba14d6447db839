from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from deps import user_from_cookie

router = APIRouter()


@router.websocket("/ws")
async def chat(ws: WebSocket, user: str = Depends(user_from_cookie)):
    await ws.accept()
    try:
        while True:
            await ws.send_text(f"{user} {await ws.receive_text()}")
    except WebSocketDisconnect:
        pass
