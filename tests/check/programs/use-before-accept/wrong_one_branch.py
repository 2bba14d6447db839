from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()


@router.websocket("/ws")
async def chat(socket: WebSocket, nick: str = ""):
    if nick:
        await socket.accept()
    await socket.send_json({"welcome": nick or "stranger"})  # here
    async for text in socket.iter_text():
        await socket.send_json({"from": nick, "text": text})


app = FastAPI()
app.include_router(router)
