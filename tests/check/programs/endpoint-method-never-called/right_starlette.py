from holdfast import HoldfastGuard
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket, data):
        await websocket.send_text(data)


app = Starlette(routes=[WebSocketRoute("/ws", Echo)], middleware=[Middleware(HoldfastGuard)])
