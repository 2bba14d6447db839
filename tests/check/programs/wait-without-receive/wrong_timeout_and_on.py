"""The timeout only begins the wait anew."""

import asyncio

from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()
inbox: asyncio.Queue[str] = asyncio.Queue(maxsize=10)


@router.websocket("/ws")
async def endpoint(socket: WebSocket):
    await socket.accept()
    while True:
        try:
            item = await asyncio.wait_for(inbox.get(), timeout=1.0)  # here
        except asyncio.TimeoutError:
            continue
        await socket.send_text(item)


app = FastAPI()
app.include_router(router)
