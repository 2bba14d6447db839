import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
SETTINGS = json.loads('{"limit": 10}')


def parse(text):
    try:
        message = json.loads(text)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def stored():
    return json.loads('{"a": 1}')


@app.websocket("/ws")
async def commands(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            command = parse(await websocket.receive_text())
            if command is None:
                await websocket.send_text("what?")
                continue
            rest = stored()
            await websocket.send_json([command.get("name"), rest["a"], SETTINGS["limit"]])
    except WebSocketDisconnect:
        pass
