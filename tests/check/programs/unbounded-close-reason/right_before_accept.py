from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketException

app = FastAPI()


def decode(token: str) -> str:
    if token != "secret":
        raise ValueError(f"wrong token: {token}")
    return "ann"


async def get_user(websocket: WebSocket) -> str:
    """Raises before the handshake is accepted: the client sees HTTP 403, and no reason."""
    try:
        return decode(websocket.query_params.get("token", ""))
    except ValueError as error:
        raise WebSocketException(code=1008, reason=str(error)) from error


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user: Annotated[str, Depends(get_user)]):
    await websocket.accept()
    await websocket.send_text(user)
    await websocket.close()


@app.websocket("/early")
async def early(websocket: WebSocket, token: str = ""):
    try:
        user = decode(token)
    except ValueError as error:
        await websocket.close(1008, reason=str(error))
        return
    await websocket.accept()
    await websocket.send_text(user)
    await websocket.close()
