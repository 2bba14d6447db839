import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/moves")
async def moves(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            data = await websocket.receive_text()
            try:
                data = json.loads(data)
            except ValueError:
                data = {"text": data}
            await websocket.send_text(str(data["text"]))
    except WebSocketDisconnect:
        pass


@app.websocket("/words")
async def words(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            data = await websocket.receive_text()
            data = data.strip()
            data = data[0] if data else "nothing"
            await websocket.send_text(data)
    except WebSocketDisconnect:
        pass
