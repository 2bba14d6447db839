from fastapi import APIRouter, WebSocket

router = APIRouter()


@router.websocket("/chat")
async def chat(websocket: WebSocket):
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text())
