from fastapi import FastAPI, WebSocket

from manager import manager

app = FastAPI()


@app.websocket("/rooms/{room}")
async def room_socket(websocket: WebSocket, room: str) -> None:
    await websocket.accept()
    manager.enter(room, websocket)
    try:
        async for text in websocket.iter_text():
            await manager.tell(room, text)
    finally:
        manager.leave(room, websocket)
