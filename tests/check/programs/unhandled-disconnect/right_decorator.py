import functools

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def until_left(function):
    @functools.wraps(function)
    async def inner(*args, **kwargs):
        try:
            return await function(*args, **kwargs)
        except WebSocketDisconnect:
            return None

    return inner


@app.websocket("/ws")
@until_left
async def echo(websocket: WebSocket):
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text())
