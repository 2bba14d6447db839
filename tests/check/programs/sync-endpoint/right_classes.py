from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()

    async def on_receive(self, websocket, data):
        await websocket.send_text(self.answer(data))

    def answer(self, data):
        return data.upper()


class Hello:
    """An ASGI application."""

    def __init__(self, text):
        self.text = text

    async def __call__(self, scope, receive, send):
        websocket = WebSocket(scope, receive, send)
        await websocket.accept()
        await websocket.send_text(self.text)
        await websocket.close()


def make(text):
    async def endpoint(websocket):
        await websocket.accept()
        await websocket.send_text(text)
        await websocket.close()

    return endpoint


app = Starlette(
    routes=[
        WebSocketRoute("/echo", Echo),
        WebSocketRoute("/hello", Hello("hello")),
        WebSocketRoute("/made", make("made")),
    ]
)
