import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def stream_frames(ws, fps):
    while True:  # here
        await ws.send_bytes(b"frame")
        await asyncio.sleep(1 / fps)


@app.websocket("/camera")
async def camera(websocket: WebSocket):
    await websocket.accept()
    await stream_frames(websocket, 25)
