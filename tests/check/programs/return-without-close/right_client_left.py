from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        print("gone")


@app.websocket("/iterates")
async def iterates(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
    print("gone")


@app.websocket("/breaks")
async def breaks(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            data = await websocket.receive_json()
        except (WebSocketDisconnect, RuntimeError):
            break
        await websocket.send_json(data)
    print("gone")


@app.websocket("/raw")
async def raw(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            break
        await websocket.send_text(message.get("text") or "")


@app.websocket("/state")
async def state(websocket: WebSocket):
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        while websocket.client_state == WebSocketState.CONNECTED:
            await websocket.send_text(await websocket.receive_text())
