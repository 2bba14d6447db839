import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from manager import manager

app = FastAPI()


@app.websocket("/status")
async def status(websocket: WebSocket):
    await manager.connect(websocket)
    try:
        while True:  # here
            await manager.send_status(websocket)
            await asyncio.sleep(5)
    except WebSocketDisconnect:
        manager.disconnect(websocket)
