from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self._by_user: dict[str, WebSocket] = {}

    async def connect(self, user: str, ws: WebSocket) -> None:
        await ws.accept()
        self._by_user[user] = ws

    def disconnect(self, user: str) -> None:
        self._by_user.pop(user, None)  # here


manager = Manager()


class Commons:
    def __init__(self, websocket: WebSocket, user: str) -> None:
        self.websocket = websocket
        self.user = user


class Mailroom:
    def __init__(self, commons: Annotated[Commons, Depends()]) -> None:
        self.commons = commons

    async def __call__(self) -> None:
        ws, user = self.commons.websocket, self.commons.user
        await manager.connect(user, ws)
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnect:
            return
        finally:
            manager.disconnect(user)


@app.websocket("/mail/{user}")
async def mail(websocket: WebSocket, room: Annotated[Mailroom, Depends()]) -> None:
    await room()
