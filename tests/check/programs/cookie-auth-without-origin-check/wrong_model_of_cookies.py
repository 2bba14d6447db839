from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, WebSocket, WebSocketDisconnect, WebSocketException
from pydantic import BaseModel
from starlette.requests import HTTPConnection

app = FastAPI()
USERS = {"s3cret": "ada"}


class Cookies(BaseModel):
    session_id: str
    theme: str = "light"


@app.websocket("/model")
async def by_model(websocket: WebSocket, cookies: Annotated[Cookies, Cookie()]):  # here
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(f"{USERS.get(cookies.session_id)}: {text}")
    except WebSocketDisconnect:
        pass


class OfCookie:
    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, connection: HTTPConnection) -> str:
        user = USERS.get(connection.cookies.get(self.name, ""))  # here
        if user is None:
            raise WebSocketException(1008)
        return user


@app.websocket("/object")
async def by_object(websocket: WebSocket, user: str = Depends(OfCookie("sid"))):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(f"{user}: {text}")
    except WebSocketDisconnect:
        pass
