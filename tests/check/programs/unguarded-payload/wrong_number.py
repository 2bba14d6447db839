from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def double(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            number = int(await websocket.receive_text())  # here
            await websocket.send_text(str(number * 2))
    except WebSocketDisconnect:
        pass
