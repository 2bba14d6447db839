from fastapi import Depends, FastAPI, WebSocket
from guards import signed_in, unused

app = FastAPI()


async def opened(websocket: WebSocket) -> None:
    await websocket.accept()


@app.websocket("/news")
@signed_in("reader")
async def news(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("nothing new")
    await websocket.close()


@app.websocket("/never", dependencies=[Depends(opened)])
@unused
async def never(websocket: WebSocket):
    await websocket.send_text("never")
