from fastapi import FastAPI, WebSocket

from manager import manager

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await manager.connect(websocket)
    try:
        async for text in websocket.iter_text():  # here
            await websocket.send_text(text)
    finally:
        manager.disconnect(websocket)
