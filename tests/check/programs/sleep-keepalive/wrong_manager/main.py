from asyncio import sleep

from fastapi import APIRouter, FastAPI, WebSocket

from manager import manager

router = APIRouter()


@router.websocket("/rooms/{room}")
async def join(client: WebSocket, room: str):
    await manager.connect(room, client)
    try:
        while True:
            await sleep(30)  # here
    finally:
        manager.disconnect(room, client)


app = FastAPI()
app.include_router(router)
