from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from holdfast import HoldfastGuard

app = FastAPI()
app.add_middleware(HoldfastGuard)


@app.websocket("/ws")
async def account(websocket: WebSocket):
    user = websocket.cookies.get("session")
    if user is None:
        await websocket.close()
        return
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{user}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
