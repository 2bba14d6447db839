from fastapi import FastAPI, WebSocket

app = FastAPI()
sockets: dict[str, WebSocket] = {}


@app.websocket("/ws/{user_id}")
async def endpoint(websocket: WebSocket, user_id: str) -> None:
    await websocket.accept()
    if user_id in sockets:
        await websocket.close(4409, "you are connected already")
        return
    sockets[user_id] = websocket
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        sockets.pop(user_id, None)
