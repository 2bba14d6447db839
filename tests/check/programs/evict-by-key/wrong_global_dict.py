from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()
sockets = {}


@router.websocket("/chat")
async def chat(ws: WebSocket, username: str):
    await ws.accept()
    sockets[username] = ws
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        sockets.pop(username, None)  # here


app = FastAPI()
app.include_router(router)
