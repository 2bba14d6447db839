import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
ACTIVE: set[WebSocket] = set()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    ACTIVE.add(websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    except:
        ACTIVE.discard(websocket)
        raise


@app.websocket("/earlier")
async def earlier(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        print(error)


@app.websocket("/conditional")
async def conditional(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except BaseException as error:
        if not isinstance(error, Exception):
            raise
        print(error)
