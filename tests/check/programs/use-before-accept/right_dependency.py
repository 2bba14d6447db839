from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketException

app = FastAPI()
TOKENS = {"t0": "ada"}


async def opened(websocket: WebSocket) -> WebSocket:
    await websocket.accept()
    return websocket


async def user_of(client: Annotated[WebSocket, Depends(opened)]) -> str:
    login = await client.receive_json()
    if (user := TOKENS.get(login.get("token"))) is None:
        raise WebSocketException(1008)
    return user


async def first_text(websocket: WebSocket) -> str:
    return await websocket.receive_text()


@app.websocket("/inbox")
async def inbox(websocket: WebSocket, user: Annotated[str, Depends(user_of)]):
    await websocket.send_json({"user": user})
    await websocket.close()


@app.websocket("/first", dependencies=[Depends(opened)])
async def first(websocket: WebSocket, text: Annotated[str, Depends(first_text)]):
    await websocket.send_text(text)
    await websocket.close()
