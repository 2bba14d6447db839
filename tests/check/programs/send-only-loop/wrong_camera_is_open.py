"""The camera stays open for as long as the server runs, and so does the loop."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import cv2
except ImportError:
    cv2 = None

app = FastAPI()


@app.websocket("/camera")
async def camera(websocket: WebSocket) -> None:
    await websocket.accept()
    capture = cv2.VideoCapture(0)
    try:
        while capture.isOpened():  # here
            ok, frame = await asyncio.to_thread(capture.read)
            if not ok:
                await asyncio.sleep(0.1)
                continue
            await websocket.send_bytes(frame.tobytes())
            await asyncio.sleep(0.04)
    except WebSocketDisconnect:
        pass
    finally:
        capture.release()
