from asyncio import IncompleteReadError

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

NORMAL_DISCONNECT_EXCEPTIONS = (IncompleteReadError, WebSocketDisconnect)

app = FastAPI()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except NORMAL_DISCONNECT_EXCEPTIONS:
        pass
