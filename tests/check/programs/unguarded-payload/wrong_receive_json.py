from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def moves(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive_json()  # here
            await websocket.send_json({"moved": message["x"]})
    except WebSocketDisconnect:
        pass
