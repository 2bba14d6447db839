import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
robots: dict[str, dict] = {}


@app.websocket("/robots/{name}")
async def robot(websocket: WebSocket, name: str):
    await websocket.accept()
    try:
        while True:  # here
            state = robots.get(name)
            if state is None:
                await websocket.send_json({"error": "unknown"})
                await websocket.close(code=4404)
                return
            await websocket.send_json(state)
            await asyncio.sleep(0.2)
    except WebSocketDisconnect:
        pass


@app.websocket("/camera")
async def camera(websocket: WebSocket):
    import cv2

    await websocket.accept()
    seen = cv2.VideoCapture(0)
    while True:  # here
        ok, picture = await asyncio.to_thread(seen.read)
        if not ok:
            await websocket.close(1011)
            break
        await websocket.send_bytes(picture.tobytes())
