from fastapi import APIRouter, WebSocket

router = APIRouter()


@router.websocket("/status")
async def status(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("fine")
    await websocket.close()
