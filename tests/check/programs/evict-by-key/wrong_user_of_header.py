"""app.state, user from the token, a comprehension-free registry."""

from contextlib import asynccontextmanager
from fastapi import FastAPI, WebSocket, WebSocketDisconnect, WebSocketException


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.sockets = {}
    yield


app = FastAPI(lifespan=lifespan)
USERS = {"t1": "ann", "t2": "bob"}


def user_of(ws: WebSocket) -> str:
    name = USERS.get(ws.headers.get("authorization", ""))
    if name is None:
        raise WebSocketException(code=1008)
    return name


@app.websocket("/push")
async def push(ws: WebSocket):
    user = user_of(ws)
    await ws.accept()
    sockets: dict[str, WebSocket] = ws.app.state.sockets
    sockets[user] = ws
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        sockets.pop(user, None)  # here
