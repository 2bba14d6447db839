from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await self.hello(websocket)  # here

    async def hello(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("hello")

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        await websocket.send_text(data)


app = Starlette(routes=[WebSocketRoute("/ws", Echo)])
