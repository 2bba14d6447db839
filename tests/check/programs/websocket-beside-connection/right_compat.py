from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from holdfast.compat import ConnectionManager

app = FastAPI()
manager = ConnectionManager()


@app.websocket("/ws")
async def chat(websocket: WebSocket) -> None:
    await manager.connect(websocket)
    try:
        while True:
            await manager.broadcast(await websocket.receive_text())
    except WebSocketDisconnect:
        manager.disconnect(websocket)
