"""A send in the body can raise it."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
online: set[str] = set()


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    online.add(name)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    except WebSocketDisconnect:
        print("left while something was sent")
    finally:
        online.discard(name)
