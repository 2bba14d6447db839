from fastapi import FastAPI, WebSocket

app = FastAPI()
connections: list[WebSocket] = []


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    connections.append(websocket)
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        connections.remove(websocket)
