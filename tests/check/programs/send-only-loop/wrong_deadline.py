"""A client that takes nothing is noticed; one that leaves is not."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:  # here
            try:
                await asyncio.wait_for(websocket.send_text("tick"), timeout=5)
            except asyncio.TimeoutError:
                print("too slow")
                break
            await asyncio.sleep(1)
    except WebSocketDisconnect:
        pass
