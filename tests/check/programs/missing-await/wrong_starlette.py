import starlette.websockets
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        websocket.accept()  # here

    async def on_receive(self, websocket, data):
        websocket.send_text(  # here
            f"You said: {data}"
        )


async def hello(socket):
    await socket.accept()
    socket.send_text("hello")  # here
    await socket.close()


async def goodbye(peer: starlette.websockets.WebSocket):
    await peer.accept()

    def later():
        peer.send_text("too late")  # here

    later()
    await peer.close()


app = Starlette(
    routes=[
        WebSocketRoute("/echo", Echo),
        WebSocketRoute("/hello", endpoint=hello),
        WebSocketRoute("/goodbye", goodbye),
    ]
)
