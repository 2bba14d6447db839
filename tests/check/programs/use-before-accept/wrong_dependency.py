from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketException

app = FastAPI()
TOKENS = {"t0": "ada"}


async def user_of(websocket: WebSocket) -> str:
    login = await websocket.receive_json()  # here
    if (user := TOKENS.get(login.get("token"))) is None:
        raise WebSocketException(1008)
    return user


@app.websocket("/inbox")
async def inbox(websocket: WebSocket, user: Annotated[str, Depends(user_of)]):
    await websocket.accept()
    await websocket.send_json({"user": user})
    await websocket.close()
