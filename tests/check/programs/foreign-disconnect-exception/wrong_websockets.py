from fastapi import FastAPI, WebSocket
from websockets.exceptions import ConnectionClosed

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_text(text)
    except ConnectionClosed:  # here
        print("gone")
