"""The loop reads as well, and that raises outside the inner try."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            try:
                await websocket.send_text(text)
            except Exception:
                pass
    except WebSocketDisconnect:
        pass
