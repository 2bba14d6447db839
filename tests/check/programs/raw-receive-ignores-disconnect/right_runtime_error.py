"""The next call's error is what this loop ends by."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/drain")
async def drain(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.receive()
    except RuntimeError:
        pass
