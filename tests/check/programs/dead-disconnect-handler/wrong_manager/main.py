from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

from manager import Manager

router = APIRouter()
manager = Manager()


@router.websocket("/feed")
async def feed(client: WebSocket):
    await manager.connect(client)
    try:
        async for message in client.iter_json():
            manager.store(client, message)
    except WebSocketDisconnect:  # here
        manager.disconnect(client)


app = FastAPI()
app.include_router(router)
