"""What is iterated in one file is changed in the other."""

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

from state import everyone, tell_everyone


class Live(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        everyone.append(websocket)

    async def on_receive(self, websocket, data):
        await tell_everyone(data)

    async def on_disconnect(self, websocket, close_code):
        everyone.remove(websocket)


app = Starlette(routes=[WebSocketRoute("/live", Live)])
