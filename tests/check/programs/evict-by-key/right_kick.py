from fastapi import FastAPI, WebSocket

app = FastAPI()
sockets: dict[str, WebSocket] = {}


@app.websocket("/ws/{user_id}")
async def endpoint(websocket: WebSocket, user_id: str) -> None:
    await websocket.accept()
    sockets[user_id] = websocket
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        if sockets.get(user_id) == websocket:
            sockets.pop(user_id, None)


@app.delete("/users/{user_id}")
async def kick(user_id: str) -> None:
    if socket := sockets.pop(user_id, None):
        await socket.close(4000)
