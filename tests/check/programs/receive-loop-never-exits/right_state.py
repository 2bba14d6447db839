"""A receive that sees the end changes client_state, so the loop ends."""

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while websocket.client_state == WebSocketState.CONNECTED:
        try:
            data = await websocket.receive_json()
        except Exception as error:
            print(error)
        else:
            await websocket.send_json(data)
