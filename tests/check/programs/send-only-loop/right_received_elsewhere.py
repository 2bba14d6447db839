"""The inner loop ends when its data do, and then the outer one reads again."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            rows = await websocket.receive_json()
            while True:
                if not rows:
                    break
                await websocket.send_json(rows.pop())
                await asyncio.sleep(0)
    except WebSocketDisconnect:
        pass
