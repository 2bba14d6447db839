import contextlib
from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        print("gone")
    finally:
        with suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close()


@app.websocket("/tried")
async def tried(websocket: WebSocket):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        try:
            await websocket.close()
        except Exception:
            pass


@app.websocket("/outside")
async def outside(websocket: WebSocket):
    await websocket.accept()
    with contextlib.suppress(Exception):
        try:
            while True:
                await websocket.send_text(await websocket.receive_text())
        finally:
            await websocket.close()
