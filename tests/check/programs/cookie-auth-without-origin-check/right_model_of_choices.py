from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel
from starlette.requests import HTTPConnection

app = FastAPI()


class Choices(BaseModel):
    theme: str = "light"
    language: str = "en"


class OfCookie:
    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, connection: HTTPConnection) -> str:
        return connection.cookies.get(self.name, "")


@app.websocket("/choices")
async def choices(
    websocket: WebSocket,
    made: Annotated[Choices, Cookie()],
    size: str = Depends(OfCookie("font_size")),
):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_json({"theme": made.theme, "size": size, "text": text})
    except WebSocketDisconnect:
        pass
