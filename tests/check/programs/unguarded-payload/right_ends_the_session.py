import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/strict")
async def strict(websocket: WebSocket):
    """A client that sends anything else is closed with 1007."""
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive_json()
            await websocket.send_json(message)
    except WebSocketDisconnect:
        pass
    except (ValueError, KeyError):
        await websocket.close(1007, "invalid JSON")


@app.websocket("/login")
async def login(websocket: WebSocket):
    await websocket.accept()
    try:
        credentials = json.loads(await websocket.receive_text())
        name = credentials["name"]
        while True:
            await websocket.send_text(f"{name}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
