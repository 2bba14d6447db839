"""What `on_receive` has removed, `on_disconnect` removes again."""

from fastapi import FastAPI, WebSocket
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

app = FastAPI()
members: list[WebSocket] = []


class Members(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        members.append(websocket)

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        if data == "leave" and websocket in members:
            members.remove(websocket)

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        members.remove(websocket)  # here


app.router.routes.append(WebSocketRoute("/members", Members))
