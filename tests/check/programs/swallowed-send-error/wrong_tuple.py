import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            await websocket.send_text("tick")
        except (WebSocketDisconnect, RuntimeError):  # here
            print("cannot send")
        await asyncio.sleep(0.01)
