from fastapi import APIRouter, FastAPI, WebSocket

from hub import hub

router = APIRouter(prefix="/rooms")


@router.websocket("/{room}")
async def room_socket(ws: WebSocket, room: str):
    await hub.join(room, ws)
    await ws.accept()  # here
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        hub.leave(room, ws)


app = FastAPI()
app.include_router(router)
