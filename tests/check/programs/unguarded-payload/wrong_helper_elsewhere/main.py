from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from parsing import parse

app = FastAPI()


@app.websocket("/ws")
async def commands(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            command = parse(text)  # here
            await websocket.send_text(command.upper())
    except WebSocketDisconnect:
        pass
