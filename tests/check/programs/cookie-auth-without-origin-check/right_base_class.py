"""An endpoint base class checks the Origin before on_connect of its subclasses."""

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

ORIGINS = {"https://app.example"}


class Guarded(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        if websocket.headers.get("origin") not in ORIGINS:
            await websocket.close()
            return
        await self.opened(websocket)

    async def opened(self, websocket):
        await websocket.accept()


class Account(Guarded):
    async def opened(self, websocket):
        self.user = websocket.cookies.get("session", "")
        await websocket.accept()

    async def on_receive(self, websocket, data):
        await websocket.send_text(f"{self.user[:2]} {data}")


class Public(Guarded):
    async def on_receive(self, websocket, data):
        await websocket.send_text(data)


app = Starlette(routes=[WebSocketRoute("/account", Account), WebSocketRoute("/public", Public)])
