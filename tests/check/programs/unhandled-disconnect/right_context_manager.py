from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@asynccontextmanager
async def connected(websocket: WebSocket):
    await websocket.accept()
    try:
        yield websocket
    except WebSocketDisconnect:
        print("left")


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    async with connected(websocket) as ws:
        while True:
            await ws.send_text(await ws.receive_text())
