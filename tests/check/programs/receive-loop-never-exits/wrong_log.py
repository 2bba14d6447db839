import logging

from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()
logger = logging.getLogger(__name__)


@router.websocket("/chat/{name}")
async def chat(ws: WebSocket, name: str) -> None:
    await ws.accept()
    while True:
        try:
            text = await ws.receive_text()
        except Exception as error:  # here
            logger.debug("cannot read from %s: %s", name, error)
        else:
            await ws.send_text(text)


app = FastAPI()
app.include_router(router)
