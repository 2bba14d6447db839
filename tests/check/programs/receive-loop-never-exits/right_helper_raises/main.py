from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from errors import give_up

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            try:
                await websocket.send_text(await websocket.receive_text())
            except Exception as error:
                give_up(error)
    except (RuntimeError, WebSocketDisconnect):
        pass
