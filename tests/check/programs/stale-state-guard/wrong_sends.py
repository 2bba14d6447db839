import asyncio

from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.websockets import WebSocketState

router = APIRouter()


@router.websocket("/prices")
async def prices(ws: WebSocket):
    await ws.accept()
    while ws.client_state != WebSocketState.DISCONNECTED:  # here
        await ws.send_json({"price": 1})
        await asyncio.sleep(0.05)


app = FastAPI()
app.include_router(router)
