import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def watch(websocket: WebSocket) -> None:
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        print("gone")


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    watcher = asyncio.create_task(watch(websocket))
    try:
        while True:
            text = await websocket.receive_text()  # here
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
    finally:
        watcher.cancel()
