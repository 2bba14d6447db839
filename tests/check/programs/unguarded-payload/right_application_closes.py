import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.exception_handler(json.JSONDecodeError)
async def no_json(websocket: WebSocket, error: json.JSONDecodeError):
    await websocket.close(1007, "JSON, please")


@app.websocket("/json")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_json({"got": await websocket.receive_json()})
    except WebSocketDisconnect:
        pass
