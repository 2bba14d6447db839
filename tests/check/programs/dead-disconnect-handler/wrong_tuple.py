"""Neither of the two can come from a loop that awaits nothing but the client."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
MEMBERS: dict[str, list[str]] = {}


@app.websocket("/rooms/{name}")
async def room(websocket: WebSocket, name: str):
    await websocket.accept()
    lines = MEMBERS.setdefault(name, [])
    try:
        async for text in websocket.iter_text():
            lines.append(text)
    except (WebSocketDisconnect, ConnectionResetError):  # here
        del MEMBERS[name]
