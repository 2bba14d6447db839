from fastapi import FastAPI, WebSocket

from manager import rooms

app = FastAPI()


@app.websocket("/rooms/{room}")
async def talk(websocket: WebSocket, room: str):
    await websocket.accept()
    await rooms.run(room, websocket)
