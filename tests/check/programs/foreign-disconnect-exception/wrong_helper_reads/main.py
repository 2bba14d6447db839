from fastapi import FastAPI, WebSocket
from websockets.exceptions import ConnectionClosedOK

from talk import talk

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        await talk(websocket, "welcome")
    except ConnectionClosedOK:  # here
        print("gone")
