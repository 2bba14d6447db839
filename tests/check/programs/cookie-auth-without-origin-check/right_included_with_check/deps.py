from fastapi import WebSocket, WebSocketException

ALLOWED = ("https://example.com",)


async def check_origin(websocket: WebSocket) -> None:
    if websocket.headers.get("origin") not in ALLOWED:
        raise WebSocketException(code=1008)


async def user_from_cookie(websocket: WebSocket) -> str:
    token = websocket.cookies.get("token")
    if not token:
        raise WebSocketException(code=1008)
    return token
