from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
jobs: dict[str, list[str]] = {}


@app.websocket("/jobs/{name}")
async def follow(websocket: WebSocket, name: str):
    await websocket.accept()
    try:
        if name not in jobs:
            await websocket.send_json({"error": "unknown"})
            return
        for line in jobs[name]:
            await websocket.send_text(line)
    finally:
        with suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close()


@app.websocket("/first/{name}")
async def first(websocket: WebSocket, name: str):
    await websocket.accept()
    while True:
        try:
            word = await websocket.receive_text()
            if word == name:
                break
        except WebSocketDisconnect:
            return
        finally:
            with suppress(RuntimeError, WebSocketDisconnect):
                await websocket.close()
