from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from manager import manager

app = FastAPI()


@app.websocket("/ws/{user_id}")
async def user_socket(websocket: WebSocket, user_id: str):
    await manager.connect(user_id, websocket)
    try:
        while True:
            data = await websocket.receive_json()
            await manager.broadcast(data)
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(user_id, websocket)
