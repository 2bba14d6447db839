from contextlib import suppress

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    await websocket.accept()
    try:
        if token != "s3cret":
            await websocket.close(1008)
        else:
            await websocket.send_text("welcome")
    finally:
        with suppress(RuntimeError):
            await websocket.close()


@app.websocket("/state")
async def state(websocket: WebSocket, token: str = ""):
    await websocket.accept()
    if token != "s3cret":
        await websocket.close(1008)
    if websocket.application_state == WebSocketState.CONNECTED:
        await websocket.send_text("welcome")
    if websocket.application_state != WebSocketState.DISCONNECTED:
        await websocket.close()


@app.websocket("/try")
async def tried(websocket: WebSocket, token: str = ""):
    await websocket.accept()
    if token != "s3cret":
        await websocket.close(1008)
    try:
        await websocket.send_text("welcome")
    except Exception as error:
        print(error)
