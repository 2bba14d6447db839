from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


class Silent(WebSocketEndpoint):
    """Takes over the handshake: its base does not accept."""

    encoding = "text"

    async def on_connect(self, websocket):
        print("somebody calls")

    async def on_disconnect(self, websocket, close_code):
        print("somebody has hung up")


class Answering(Silent):
    async def on_connect(self, websocket):
        await super().on_connect(websocket)
        await websocket.accept()

    async def on_receive(self, websocket, data):
        await websocket.send_text(data)


class Greeting(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await super().on_connect(websocket)
        await websocket.send_text("hello")


app = Starlette(routes=[WebSocketRoute("/a", Answering), WebSocketRoute("/b", Greeting)])
