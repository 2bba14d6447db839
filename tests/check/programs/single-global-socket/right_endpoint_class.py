from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        self.websocket = websocket

    async def on_receive(self, websocket, data):
        await self.websocket.send_text(data)


app = Starlette(routes=[WebSocketRoute("/", Echo)])
