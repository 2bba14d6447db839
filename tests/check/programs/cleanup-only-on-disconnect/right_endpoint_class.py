from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

clients: set[WebSocket] = set()


class Feed(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        clients.add(websocket)

    async def on_receive(self, websocket, data):
        await websocket.send_text(data)

    async def on_disconnect(self, websocket, close_code):
        clients.discard(websocket)


app = Starlette(routes=[WebSocketRoute("/ws", Feed)])
