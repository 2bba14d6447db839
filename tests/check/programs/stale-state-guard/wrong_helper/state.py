from fastapi import WebSocket
from fastapi.websockets import WebSocketState


def is_connected(websocket: WebSocket) -> bool:
    return websocket.client_state == WebSocketState.CONNECTED
