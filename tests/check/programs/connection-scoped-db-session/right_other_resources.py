import asyncio
import logging
from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
log = logging.getLogger("presence")
online = set()


async def counted(websocket: WebSocket):
    online.add(websocket)
    try:
        yield len(online)
    finally:
        online.discard(websocket)


async def limits():
    return asyncio.Semaphore(10)


@app.websocket("/ws")
async def here(
    websocket: WebSocket,
    number: Annotated[int, Depends(counted)],
    limit: Annotated[asyncio.Semaphore, Depends(limits)],
):
    await websocket.accept()
    try:
        while True:
            async with limit:
                await websocket.send_text(f"{number}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        log.info("gone")
