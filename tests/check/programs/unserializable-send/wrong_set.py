from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


class Presence(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket, data):
        names = {"ada", "grace", data}
        await websocket.send_json({"names": names})  # here


app = Starlette(routes=[WebSocketRoute("/ws", Presence)])
