from typing import Annotated

import starlette.websockets
from fastapi import APIRouter, Depends, FastAPI, WebSocket

router = APIRouter()


class InvalidToken(Exception): ...


def decode(token: str) -> str:
    if token != "secret":
        raise InvalidToken
    return "ann"


async def get_user(token: str = "") -> str:
    try:
        return decode(token)
    except InvalidToken:
        raise starlette.websockets.WebSocketDisconnect(code=1008)  # here


@router.websocket("/ws")
async def endpoint(ws: WebSocket, user: Annotated[str, Depends(get_user)]):
    await ws.accept()
    await ws.send_text(user)
    await ws.close()


app = FastAPI()
app.include_router(router)
