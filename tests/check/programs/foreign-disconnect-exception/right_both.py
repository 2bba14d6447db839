from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.exceptions import ConnectionClosed

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except (WebSocketDisconnect, ConnectionClosed):
        print("gone")


@app.websocket("/two")
async def two(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except RuntimeError as error:
        print("an error", error)
    except WebSocketDisconnect:
        print("gone")


@app.websocket("/any")
async def any_error(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except ConnectionClosed:
        print("gone")
    except Exception as error:
        print("an error", error)


@app.websocket("/outer")
async def outer(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            try:
                await websocket.send_text(text)
            except RuntimeError:
                break
    except WebSocketDisconnect:
        print("gone")
