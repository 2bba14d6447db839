from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    wanted = websocket.client_state.CONNECTED
    states = {websocket.client_state.CONNECTED: "open", WebSocketState.DISCONNECTED: "gone"}
    if websocket.client_state == wanted:
        await websocket.send_text(states.get(websocket.client_state, "?"))
    match websocket.client_state:
        case WebSocketState.CONNECTED:
            await websocket.send_text("open")
        case _:
            pass
    assert matches(websocket, WebSocketState.CONNECTED)
    await websocket.close()


def matches(websocket: WebSocket, state: WebSocketState = WebSocketState.CONNECTED) -> bool:
    return websocket.client_state == state or websocket.application_state == state
