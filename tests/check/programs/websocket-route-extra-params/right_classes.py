from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

app = FastAPI()


@app.websocket_route("/echo")
class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()

    async def on_receive(self, websocket, data):
        await websocket.send_text(data)


class Chat:
    """Its methods are endpoints: `self` is bound."""

    def __init__(self):
        self.count = 0

    async def join(self, websocket):
        self.count += 1
        await websocket.accept()
        await websocket.close()


class Raw:
    async def __call__(self, scope, receive, send):
        await receive()
        await send({"type": "websocket.close"})


chat = Chat()
starlette_app = Starlette(
    routes=[
        WebSocketRoute("/join", chat.join),
        WebSocketRoute("/raw", Raw()),
        WebSocketRoute("/echo", Echo),
    ]
)
app.mount("/s", starlette_app)
