from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


async def aiohttp_style(websocket):
    await websocket.accept()
    text = await websocket.receive_str()  # here
    await websocket.send_str(text)  # here


class Tornado(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket, data):
        await websocket.write_message(data)  # here


class Flask:
    def __init__(self, ws):
        self.ws = ws

    async def run(self):
        await self.ws.accept()
        self.ws.send("hello")  # here


async def flask_style(websocket):
    await Flask(websocket).run()


app = Starlette(
    routes=[
        WebSocketRoute("/aiohttp", aiohttp_style),
        WebSocketRoute("/tornado", Tornado),
        WebSocketRoute("/flask", flask_style),
    ]
)
