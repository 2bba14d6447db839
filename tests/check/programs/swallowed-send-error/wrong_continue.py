import asyncio
import logging

from fastapi import APIRouter, FastAPI, WebSocket

logger = logging.getLogger(__name__)
router = APIRouter()


@router.websocket("/metrics")
async def metrics(ws: WebSocket):
    await ws.accept()
    while True:
        await asyncio.sleep(0.01)
        try:
            await ws.send_json({"load": 0.5})
        except Exception as error:  # here
            logger.debug("could not send: %s", error)
            continue


app = FastAPI()
app.include_router(router)
