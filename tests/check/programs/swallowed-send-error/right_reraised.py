import asyncio
import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
log = logging.getLogger(__name__)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    failures = 0
    try:
        while True:
            try:
                await websocket.send_text("tick")
            except Exception:
                log.warning("not sent")
                raise
            await asyncio.sleep(0.01)
    except WebSocketDisconnect:
        pass


@app.websocket("/patient")
async def patient(websocket: WebSocket):
    await websocket.accept()
    failures = 0
    while True:
        try:
            await websocket.send_text("tick")
        except Exception:
            failures += 1
            if failures > 2:
                return
        await asyncio.sleep(0.01)
