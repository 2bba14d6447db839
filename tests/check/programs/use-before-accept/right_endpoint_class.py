from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        await websocket.send_text(data)


class Greets(WebSocketEndpoint):
    encoding = "json"

    async def on_connect(self, websocket: WebSocket) -> None:
        await super().on_connect(websocket)
        await websocket.send_json({"hello": "you"})

    async def on_receive(self, websocket: WebSocket, data: dict) -> None:
        await websocket.send_json(data)


app = Starlette(routes=[WebSocketRoute("/ws", Echo), WebSocketRoute("/greets", Greets)])
