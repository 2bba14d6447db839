from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await super().on_connect(websocket)
        await websocket.accept()  # here
        await websocket.send_text("hello")

    async def on_receive(self, websocket, data):
        await websocket.send_text(data)


class Polite(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        await websocket.send_text("good morning")


class Loud(Polite):
    async def on_connect(self, websocket):
        await websocket.accept()
        await super().on_connect(websocket)  # here


app = Starlette(routes=[WebSocketRoute("/echo", Echo), WebSocketRoute("/loud", Loud)])
