from fastapi import FastAPI, WebSocket
from fastapi.websockets import WebSocketState

app = FastAPI()


def is_open(ws: WebSocket) -> bool:
    return ws.client_state is WebSocketState.CONNECTED


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    if websocket.client_state == websocket.client_state.CONNECTED:
        await websocket.send_text("one")
    if websocket.application_state.CONNECTED == websocket.application_state:
        await websocket.send_text("two")
    if websocket.client_state in (WebSocketState.CONNECTED, websocket.client_state.CONNECTING):
        await websocket.send_text("three")
    if is_open(websocket) and not websocket.client_state == WebSocketState.DISCONNECTED:
        await websocket.send_text("four")
    if websocket.client_state.value == 1 and websocket.client_state.name == "CONNECTED":
        await websocket.send_text("five")
    await websocket.close()
