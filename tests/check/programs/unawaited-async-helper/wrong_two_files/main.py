import helpers
from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect
from helpers import greet as say_hello
from manager import manager

router = APIRouter(prefix="/chat")


@router.websocket("/{user}")
async def chat(websocket: WebSocket, user: str):
    await manager.connect(websocket, user)
    say_hello(websocket, user)  # here
    try:
        while True:
            text = await websocket.receive_text()
            if text == "/ping":
                helpers.ping_all(manager.users)  # here
            else:
                await manager.tell_all(f"{user}: {text}")
    except WebSocketDisconnect:
        manager.disconnect(user)  # here


app = FastAPI()
app.include_router(router)
