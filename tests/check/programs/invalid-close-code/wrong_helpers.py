from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.exceptions import WebSocketException
from starlette.routing import WebSocketRoute

UNAUTHORIZED = 401


class Manager:
    def __init__(self):
        self.sockets = {}

    async def join(self, ws, name):
        await ws.accept()
        self.sockets[name] = ws

    async def kick(self, ws):
        await ws.close(code=1006, reason="kicked")  # here

    async def refuse(self, ws):
        await ws.close(UNAUTHORIZED)  # here


manager = Manager()


class Chat(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await manager.join(websocket, "ann")

    async def on_receive(self, websocket, data):
        if data == "kick":
            await manager.kick(websocket)
        elif data == "refuse":
            await manager.refuse(websocket)
        elif data == "raise":
            raise WebSocketException(500)  # here
        else:
            await websocket.send({"type": "websocket.close", "code": 1004})  # here


app = Starlette(routes=[WebSocketRoute("/chat", Chat)])
