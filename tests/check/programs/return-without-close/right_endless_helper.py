import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
present: set[WebSocket] = set()


async def stay():
    """Is ended by the server, which cancels it."""
    pause = 3600
    while True:
        await asyncio.sleep(pause)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    present.add(websocket)
    try:
        await stay()
    finally:
        present.discard(websocket)
