"""The loop goes on to read, which raises RuntimeError now."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
online: set[WebSocket] = set()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    online.add(websocket)
    while True:
        try:
            await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnect:  # here
            online.discard(websocket)
