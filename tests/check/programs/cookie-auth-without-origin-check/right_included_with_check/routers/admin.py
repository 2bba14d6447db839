from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from deps import check_origin, user_from_cookie

router = APIRouter(dependencies=[Depends(check_origin)])


@router.websocket("/ws")
async def admin(ws: WebSocket, user: str = Depends(user_from_cookie)):
    await ws.accept()
    try:
        while True:
            await ws.send_text(f"{user} {await ws.receive_text()}")
    except WebSocketDisconnect:
        pass
