from contextlib import closing
import sqlite3

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def connection():
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as conn:
        yield conn


async def current_user(websocket: WebSocket, conn=Depends(connection)) -> str:
    return websocket.headers.get("x-user", "nobody")


@app.websocket("/ws")
async def hello(websocket: WebSocket, user: str = Depends(current_user)):  # here
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_text(f"{user}: {text}")
    except WebSocketDisconnect:
        pass
