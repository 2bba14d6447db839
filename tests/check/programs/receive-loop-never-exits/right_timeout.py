import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            try:
                text = await asyncio.wait_for(websocket.receive_text(), 0.5)
            except (asyncio.TimeoutError, ValueError):
                continue
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
