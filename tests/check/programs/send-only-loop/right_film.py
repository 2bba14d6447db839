"""A film is shown to its end, and then the endpoint closes."""

import asyncio

from fastapi import FastAPI, WebSocket

try:
    import cv2
except ImportError:
    cv2 = None

app = FastAPI()


@app.websocket("/film/{name}")
async def film(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    capture = cv2.VideoCapture(f"films/{name}.mp4")
    shown = 0
    try:
        while capture.isOpened():
            ok, frame = await asyncio.to_thread(capture.read)
            shown += 1
            if not ok or shown > 5000:
                break
            await websocket.send_bytes(frame.tobytes())
    finally:
        capture.release()
    await websocket.close()
