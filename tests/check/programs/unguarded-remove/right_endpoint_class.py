from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

clients = []


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        clients.append(websocket)

    async def on_receive(self, websocket, data):
        await websocket.send_text(data)

    async def on_disconnect(self, websocket, close_code):
        clients.remove(websocket)


app = Starlette(routes=[WebSocketRoute("/", Echo)])
