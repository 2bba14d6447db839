from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from manager import Manager

app = FastAPI()
manager = Manager()


@app.websocket("/ws/{user}")
async def endpoint(websocket: WebSocket, user: str):
    await manager.connect(user, websocket)
    try:
        while True:
            await manager.broadcast(await websocket.receive_text())
    except WebSocketDisconnect:
        await manager.disconnect(user)  # here


@app.websocket("/play/{name}")
async def play(ws: WebSocket, name: str):
    await ws.accept()
    manager.active[name] = ws
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        await manager.remove(name)  # here
