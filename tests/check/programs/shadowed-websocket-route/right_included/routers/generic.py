from fastapi import APIRouter, WebSocket

router = APIRouter(prefix="/ws")


@router.websocket("/{channel}")
async def subscribe(websocket: WebSocket, channel: str) -> None:
    await websocket.accept()
    await websocket.send_text(channel)
    await websocket.close()
